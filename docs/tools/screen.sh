# What the pictures of terminals share; to be sourced. A small project, and a screen to start an editor on, to type into
# and to take. Each picture is made of screens that were taken.
top=$PWD work=$(mktemp -d)
taken=0 session=true config=/dev/null
trap '$session kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/project"
printf '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n' >"$work/project/pyproject.toml"
cat >"$work/project/shop.py" <<'PYTHON'
import json

import psutil

print(json.dumps({"cores": psutil.cpu_count()}))
PYTHON
PATH=$top/.venv/bin:$PATH

show() { # COLUMNS LINES COMMAND
  taken=$((taken + 1))
  session="tmux -L picture-$$-$taken" # A tmux that is just ending takes no new session.
  $session -f "$config" new-session -d -x "$1" -y "$2" -c "$work/project" "$3"
}
wait_for() { # TEXT
  for _ in $(seq 400); do
    $session capture-pane -p 2>/dev/null | grep -qF "$1" && return
    sleep 0.05
  done
  $session capture-pane -p >&2 || true
  echo "never saw: $1" >&2
  exit 1
}
take() { # NAME: the screen without its last line, which is for commands
  sleep 0.5 # Until all of it is drawn.
  $session capture-pane -e -p -N | sed '$d' >"$work/$1"
  $session kill-server
}
