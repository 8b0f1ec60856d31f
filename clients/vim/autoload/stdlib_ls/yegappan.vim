" stdlib-ls as one of the servers of yegappan/lsp.

let s:NAME = 'stdlib-ls'

function! stdlib_ls#yegappan#Register() abort
  let l:command = stdlib_ls#Command()
  call LspAddServer([{
  \   'name': s:NAME,
  \   'filetype': ['python', 'requirements', 'toml'],
  \   'path': l:command[0],
  \   'args': l:command[1:],
  \   'rootSearch': ['pyproject.toml', 'setup.cfg', 'setup.py', 'requirements.txt', '.git/'],
  \   'initializationOptions': get(g:, 'stdlib_ls_settings', {}),
  \   'workspaceConfig': {s:NAME: get(g:, 'stdlib_ls_settings', {})},
  \}])
endfunction

function! s:Server(buffer) abort
  return get(filter(copy(lsp#buffer#BufLspServersGet(a:buffer)), {_, one -> one.name is# s:NAME}), 0, {})
endfunction

" Called whenever all servers of a buffer are ready.
function! stdlib_ls#yegappan#Tell() abort
  let l:server = s:Server(bufnr(''))
  if empty(l:server)
    return
  endif
  let l:others = filter(copy(lsp#buffer#BufLspServersGet(bufnr(''))), {_, one -> one.name isnot# s:NAME})
  let l:beside = stdlib_ls#KnownNames(map(l:others, {_, one -> one.name . ' ' . fnamemodify(one.path, ':t')}))
  let l:settings = extend({'beside': l:beside}, get(g:, 'stdlib_ls_settings', {}))
  if l:server.workspaceConfig[s:NAME] !=# l:settings
    let l:server.workspaceConfig[s:NAME] = l:settings
    call l:server.sendWorkspaceConfig()
  endif
endfunction

" What the commands need of a client: see autoload/stdlib_ls.vim.

function! stdlib_ls#yegappan#Serves(buffer) abort
  return exists('*LspAddServer') && get(s:Server(a:buffer), 'ready', 0)
endfunction

function! stdlib_ls#yegappan#Place() abort
  let l:server = s:Server(bufnr(''))
  let l:place = l:server.getTextDocPosition(v:false)
  return {'uri': l:place.textDocument.uri, 'position': l:place.position}
endfunction

function! stdlib_ls#yegappan#Ask(buffer, command, arguments, OnAnswer) abort
  call listener_flush(a:buffer)
  let l:params = {'command': a:command, 'arguments': a:arguments}
  call s:Server(a:buffer).rpc_a('workspace/executeCommand', l:params, {_, result, error ->
  \   a:OnAnswer(empty(error) ? {'result': result} : {'error': error})})
  return 1
endfunction

function! stdlib_ls#yegappan#Restart(buffer) abort
  LspServer restart
endfunction

function! stdlib_ls#yegappan#Syntax() abort
  return 'markdown'
endfunction
