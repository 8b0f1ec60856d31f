#!/bin/sh
# Makes docs/images/neovim.svg: what stdlib-ls looks like in Neovim. Needs tmux, and `make` to have been run.
set -eu
cd "$(dirname "$0")/../.."
images=${1:-docs/images} # Or another folder, which is named in full.
. docs/tools/screen.sh

for name in CONFIG DATA STATE CACHE; do export "XDG_${name}_HOME=$work/xdg"; done

start() { # COLUMNS LINES
  show "$1" "$2" \
    "exec nvim -i NONE -n -u '$top/clients/neovim/init.lua' --cmd 'set termguicolors laststatus=0 noruler noshowcmd noshowmode' -c 'set fillchars=eob:\\ ' shop.py"
  wait_for 'os.cpu_count covers'
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
