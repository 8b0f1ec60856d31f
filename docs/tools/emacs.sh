#!/bin/sh
# Makes docs/images/emacs.svg: what stdlib-ls looks like in Emacs with Eglot and markdown-mode.
# Needs tmux, emacs, Debian's elpa-eglot and elpa-markdown-mode, and `make` to have been run.
set -eu
cd "$(dirname "$0")/../.."
images=${1:-docs/images} # Or another folder, which is named in full.
top=$PWD work=$(mktemp -d) session="tmux -L picture-$$"
trap '$session kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/project" "$work/.emacs.d"
printf '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n' >"$work/project/pyproject.toml"
cat >"$work/project/shop.py" <<'PYTHON'
import json

import psutil

print(json.dumps({"cores": psutil.cpu_count()}))
PYTHON
echo '(setq native-comp-deferred-compilation nil)' >"$work/.emacs.d/early-init.el" # It opens a window of warnings.
cat >"$work/.emacs.d/init.el" <<LISP
(add-to-list 'load-path "$top/clients/emacs")
(require 'stdlib-ls)
(stdlib-ls-setup)
(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'eglot-managed-mode-hook (lambda () (when (eglot-managed-p) (message nil))))
(setq eldoc-echo-area-use-multiline-p nil eldoc-echo-area-prefer-doc-buffer t
      make-backup-files nil inhibit-startup-screen t python-indent-guess-indent-offset-verbose nil)
(menu-bar-mode -1)
(setq-default word-wrap t) ; Lines of cards break between words.
(add-to-list 'display-buffer-alist '("\\\\*eldoc" (display-buffer-at-bottom) (window-height . 24)))
(load-theme 'wombat t)
LISP

HOME=$work PATH=$top/.venv/bin:$PATH LC_ALL=C.UTF-8
export HOME PATH LC_ALL
$session -f /dev/null new-session -d -x 92 -y 33 -c "$work/project" \
  "TERM=screen-256color COLORTERM=truecolor exec timeout -s KILL 120 emacs -nw shop.py"
wait_for() {
  for _ in $(seq 400); do
    $session capture-pane -p 2>/dev/null | grep -qF "$1" && return
    sleep 0.05
  done
  $session capture-pane -p >&2 || true
  echo "never saw: $1" >&2
  exit 1
}
wait_for '[eglot:project]'
sleep 2 # Until the messages are underlined; they change no text that could be waited for.
$session send-keys 'M-g' g 1 Enter C-s json Enter Left
sleep 1 # ElDoc waits before it asks.
$session send-keys C-h .
wait_for 'documentation'
sleep 0.5
$session capture-pane -e -p -N | sed '$d' >"$work/card"
.venv/bin/python docs/tools/capture.py "$work/card" >"$images/emacs.svg"
