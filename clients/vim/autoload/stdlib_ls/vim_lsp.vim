" stdlib-ls as one of the servers of vim-lsp.

let s:NAME = 'stdlib-ls'
let s:ROOTS = ['pyproject.toml', 'setup.cfg', 'setup.py', 'requirements.txt', '.git/']
let s:told = {}

function! stdlib_ls#vim_lsp#Register() abort
  call lsp#register_server({
  \   'name': s:NAME,
  \   'cmd': function('s:Command'),
  \   'allowlist': ['python', 'requirements', 'toml'],
  \   'root_uri': function('s:Root'),
  \   'initialization_options': get(g:, 'stdlib_ls_settings', {}),
  \   'workspace_config': function('s:Config'),
  \})
endfunction

" vim-lsp counts columns in characters, and tells no server so.
function! s:Command(server) abort
  return stdlib_ls#IsWanted(bufnr('')) ? stdlib_ls#Command() + ['serve', '--position-encoding', 'utf-32'] : []
endfunction

function! s:Root(server) abort
  let l:path = lsp#utils#get_buffer_path()
  let l:root = lsp#utils#find_nearest_parent_file_directory(l:path, s:ROOTS)
  return lsp#utils#path_to_uri(empty(l:root) ? fnamemodify(l:path, ':h') : l:root)
endfunction

function! s:Settings() abort
  let l:others = filter(lsp#get_allowed_servers('python'), {_, name -> name isnot# s:NAME && s:IsAtWork(name)})
  return {s:NAME: extend({'beside': stdlib_ls#KnownNames(l:others)}, get(g:, 'stdlib_ls_settings', {}))}
endfunction

function! s:IsAtWork(name) abort
  return index(['running', 'starting'], lsp#get_server_status(a:name)) >= 0
endfunction

" What vim-lsp sends by itself.
function! s:Config(server) abort
  let s:told = s:Settings()
  return s:told
endfunction

" Called whenever a server has started or ended.
function! stdlib_ls#vim_lsp#Tell() abort
  let l:settings = s:Settings()
  if lsp#is_server_running(s:NAME) && l:settings !=# s:told
    let s:told = l:settings
    let l:message = {'method': 'workspace/didChangeConfiguration', 'params': {'settings': l:settings}}
    call lsp#callbag#subscribe({})(lsp#notification(s:NAME, l:message))
  endif
endfunction

" What the commands need of a client: see autoload/stdlib_ls.vim.

function! stdlib_ls#vim_lsp#Serves(buffer) abort
  return exists('g:lsp_loaded') && index(lsp#get_allowed_servers(a:buffer), s:NAME) >= 0
  \   && lsp#is_server_running(s:NAME)
endfunction

function! stdlib_ls#vim_lsp#Place() abort
  return {'uri': lsp#get_text_document_identifier().uri, 'position': lsp#get_position()}
endfunction

function! stdlib_ls#vim_lsp#Ask(buffer, command, arguments, OnAnswer) abort
  call lsp#send_request(s:NAME, {
  \   'method': 'workspace/executeCommand',
  \   'params': {'command': a:command, 'arguments': a:arguments},
  \   'bufnr': a:buffer,
  \   'on_notification': {data -> a:OnAnswer(get(data, 'response', {}))},
  \})
  return 1
endfunction

function! stdlib_ls#vim_lsp#Restart(buffer) abort
  call lsp#stop_server(s:NAME)
  call s:StartAgain(0)
endfunction

function! s:StartAgain(timer) abort
  if lsp#is_server_running(s:NAME)
    call timer_start(50, function('s:StartAgain'))
  else
    call lsp#activate()
  endif
endfunction

function! stdlib_ls#vim_lsp#Syntax() abort
  return 'markdown'
endfunction
