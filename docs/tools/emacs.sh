#!/bin/sh
# Makes docs/images/emacs.svg: what stdlib-ls looks like in Emacs with Eglot and markdown-mode.
# Needs tmux, emacs, Debian's elpa-eglot and elpa-markdown-mode, and `make` to have been run.
set -eu
cd "$(dirname "$0")/../.."
images=${1:-docs/images} # Or another folder, which is named in full.
. docs/tools/screen.sh
mkdir "$work/.emacs.d"
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

export HOME="$work" LC_ALL=C.UTF-8
show 92 33 "TERM=screen-256color COLORTERM=truecolor exec timeout -s KILL 120 emacs -nw shop.py"
wait_for '[eglot:project]'
sleep 2 # Until the messages are underlined; they change no text that could be waited for.
$session send-keys 'M-g' g 1 Enter C-s json Enter Left
sleep 1 # ElDoc waits before it asks.
$session send-keys C-h .
wait_for 'documentation'
take card
.venv/bin/python docs/tools/capture.py "$work/card" >"$images/emacs.svg"
