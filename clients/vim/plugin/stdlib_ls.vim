" stdlib-ls for Vim: the command :StdlibLs, and registration with vim-lsp and yegappan/lsp.
" ALE needs no registration: it finds ale_linters/.

if exists('g:loaded_stdlib_ls')
  finish
endif
let g:loaded_stdlib_ls = 1

command! -nargs=+ -bar -complete=customlist,stdlib_ls#Complete StdlibLs call stdlib_ls#Run(<f-args>)

augroup stdlib_ls
  autocmd!
  autocmd User lsp_setup call stdlib_ls#vim_lsp#Register()
  autocmd User lsp_server_init,lsp_server_exit call stdlib_ls#vim_lsp#Tell()
  autocmd User LspSetup call stdlib_ls#yegappan#Register()
  autocmd User LspAttached call stdlib_ls#yegappan#Tell()
augroup END
