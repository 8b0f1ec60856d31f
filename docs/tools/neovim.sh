#!/bin/sh
# Makes docs/images/neovim.svg: what stdlib-ls looks like in Neovim. Needs tmux, and `make` to have been run.
set -eu
cd "$(dirname "$0")/../.."
images=${1:-docs/images} # Or another folder, which is named in full.
top=$PWD work=$(mktemp -d)
taken=0 session=true
trap '$session kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/project"
printf '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n' >"$work/project/pyproject.toml"
cat >"$work/project/shop.py" <<'PYTHON'
import json

import psutil

print(json.dumps({"cores": psutil.cpu_count()}))
PYTHON

for name in CONFIG DATA STATE CACHE; do export "XDG_${name}_HOME=$work/xdg"; done
PATH=$top/.venv/bin:$PATH

start() { # COLUMNS LINES
  taken=$((taken + 1))
  session="tmux -L picture-$$-$taken" # A tmux that is just ending takes no new session.
  $session -f /dev/null new-session -d -x "$1" -y "$2" -c "$work/project" \
    "exec nvim -i NONE -n -u '$top/clients/neovim/init.lua' --cmd 'set termguicolors laststatus=0 noruler noshowcmd noshowmode' -c 'set fillchars=eob:\\ ' shop.py"
  wait_for 'os.cpu_count covers'
}
wait_for() {
  for _ in $(seq 200); do
    $session capture-pane -p | grep -qF "$1" && return
    sleep 0.05
  done
  $session capture-pane -p >&2
  echo "never saw: $1" >&2
  exit 1
}
take() { # NAME: the screen without its last line, which is for commands
  sleep 0.3 # Until all of it is drawn.
  $session capture-pane -e -p -N | sed '$d' >"$work/$1"
  $session kill-server
}

start 100 34
$session send-keys 5Gfjl K
wait_for 'documentation'
take card
start 100 15
$session send-keys Go 'from collections import '
wait_for 'defaultdict'
take menu
.venv/bin/python docs/tools/capture.py "$work/card" "$work/menu" >"$images/neovim.svg"

echo 'print(psutil.virtual_memory().percent)' >>"$work/project/shop.py"
start 100 15
$session send-keys ']d' C-w d
wait_for 'not covered'
take advice
.venv/bin/python docs/tools/capture.py "$work/advice" >"$images/neovim-advice.svg"
