#!/bin/sh
# Makes docs/images/vim.svg: what stdlib-ls looks like in Vim with ALE. Needs Vim, ALE, tmux, and `make` to have been run.
set -eu
cd "$(dirname "$0")/../.."
images=${1:-docs/images} # Or another folder, which is named in full.
. docs/tools/screen.sh
mkdir -p "$work/.vim/pack/stdlib-ls/start"
ln -s "$top/clients/vim" "$work/.vim/pack/stdlib-ls/start/vim"
{
  echo 'set nocompatible shortmess+=I termguicolors background=dark laststatus=0 noruler noshowcmd noshowmode nomore'
  echo 'set completepopup=highlight:Pmenu,border:off fillchars=eob:\ '
  sed -n '/^## ALE/,/^```$/{/^```vim/,/^```$/{/^```/!p}}' clients/vim/README.md
  printf '%s\n' 'filetype plugin indent on' 'syntax on' 'packadd! ale' \
    'highlight Normal guifg=#e0e2ea guibg=#14161b' 'highlight SignColumn guibg=#14161b' \
    'highlight Pmenu guifg=#e0e2ea guibg=#2c2e33' 'highlight PmenuSel guifg=#e0e2ea guibg=#4f5258' \
    'highlight ALEInfoSign guifg=#8cf8f7' 'highlight ALEVirtualTextInfo guifg=#8cf8f7' \
    'highlight clear ALEInfo' 'highlight ALEInfo term=underline cterm=underline gui=underline' \
    'highlight CursorLine cterm=NONE gui=NONE guibg=#2c2e33' \
    'highlight StatusLine cterm=NONE gui=NONE guifg=#e0e2ea guibg=#4f5258' \
    'highlight StatusLineNC cterm=NONE gui=NONE guifg=#c4c6cd guibg=#2c2e33'
} >"$work/vimrc"
export HOME="$work"

config=$work/tmux.conf
printf 'set -ga terminal-overrides ",*:Tc"\nset -g default-terminal tmux-256color\n' >"$config"

start() { # COLUMNS LINES
  show "$1" "$2" "exec vim -u '$work/vimrc' -i NONE -n shop.py"
  wait_for 'os.cpu_count covers'
}

start 100 34
$session send-keys 5Gfjl K
wait_for 'https://docs.python.org'
take card
start 100 14
$session send-keys Go 'from collections import ' C-x C-o
wait_for 'defaultdict'
take menu
start 100 20
$session send-keys ':StdlibLs search secure token' Enter
wait_for 'token_hex'
$session send-keys Enter
wait_for 'Preview'
take search
.venv/bin/python docs/tools/capture.py "$work/card" "$work/menu" "$work/search" >"$images/vim.svg"
