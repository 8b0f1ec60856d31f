" The command :StdlibLs, and what the clients share.
"
" A client is a file in autoload/stdlib_ls/ with these functions:
"   Serves(buffer)   whether it runs stdlib-ls for a buffer
"   Place()          {'uri': .., 'position': ..} of the cursor, in the units of that client
"   Ask(buffer, command, arguments, OnAnswer)   has the server carry out a command; OnAnswer gets its whole answer
"   Syntax()         that of the texts which it asks the server for
"   Restart(buffer)  ends the server and starts another one

let s:CLIENTS = ['ale', 'vim_lsp', 'yegappan']
let s:SERVERS = ['basedpyright', 'pyright', 'pylance', 'pyrefly', 'zuban', 'jedi', 'pylsp', 'ruff', 'ty']

" The command that starts the server, as a list.
function! stdlib_ls#Command() abort
  return get(g:, 'stdlib_ls_command', ['stdlib-ls'])
endfunction

" The names that stdlib-ls has for the servers that a client calls so: 'jedils' is 'jedi'.
" What is no server for Python, a spelling checker say, takes nothing over and is left out.
function! stdlib_ls#KnownNames(names) abort
  let l:found = []
  for l:name in a:names
    let l:found += filter(copy(s:SERVERS), {_, known -> l:name =~? (known is# 'ty' ? '\v<ty>' : known)})[:0]
  endfor
  return uniq(sort(l:found))
endfunction

" Whether stdlib-ls has anything to say of a buffer: of TOML files there is only one.
function! stdlib_ls#IsWanted(buffer) abort
  return getbufvar(a:buffer, '&filetype') isnot# 'toml'
  \   || fnamemodify(bufname(a:buffer), ':t') is# 'pyproject.toml'
endfunction

let s:ACTIONS = {
\   'card': function('stdlib_ls#cards#Card'),
\   'docs': function('stdlib_ls#cards#Docs'),
\   'search': function('stdlib_ls#cards#Search'),
\   'why': function('stdlib_ls#cards#Why'),
\   'dependencies': function('stdlib_ls#cards#Dependencies'),
\   'restart': {words -> stdlib_ls#Call(bufnr(''), 'Restart', [bufnr('')])},
\}

" :StdlibLs
function! stdlib_ls#Run(action, ...) abort
  if has_key(s:ACTIONS, a:action)
    call s:ACTIONS[a:action](join(a:000))
  else
    call stdlib_ls#Complain('no ' . a:action . ', only ' . join(sort(keys(s:ACTIONS)), ', '))
  endif
endfunction

" Completes the first word after :StdlibLs.
function! stdlib_ls#Complete(start, line, cursor) abort
  let l:is_first = strpart(a:line, 0, a:cursor) =~# '\v^\S+\s+\S*$'
  return l:is_first ? filter(sort(keys(s:ACTIONS)), {_, name -> stridx(name, a:start) == 0}) : []
endfunction

" Have the server carry out one of its commands; Then gets the result, unless there is none.
function! stdlib_ls#Ask(buffer, command, arguments, Then, nothing) abort
  let l:OnAnswer = {answer -> s:Take(answer, a:Then, a:nothing)}
  call stdlib_ls#Call(a:buffer, 'Ask', [a:buffer, 'stdlib-ls.server.' . a:command, a:arguments, l:OnAnswer])
endfunction

function! s:Take(answer, Then, nothing) abort
  if has_key(a:answer, 'error')
    call stdlib_ls#Complain(get(a:answer.error, 'message', string(a:answer.error)))
  elseif empty(get(a:answer, 'result'))
    call stdlib_ls#Complain(a:nothing)
  else
    call a:Then(a:answer.result)
  endif
endfunction

" Call a function of the client that runs stdlib-ls for a buffer.
function! stdlib_ls#Call(buffer, name, arguments) abort
  for l:client in s:CLIENTS
    if stdlib_ls#{l:client}#Serves(a:buffer)
      return call('stdlib_ls#' . l:client . '#' . a:name, a:arguments)
    endif
  endfor
  call stdlib_ls#Complain('no client runs it in this buffer; see :help stdlib-ls-clients')
endfunction

" One line, without stopping anybody.
function! stdlib_ls#Complain(text) abort
  redraw
  echohl WarningMsg
  echo 'stdlib-ls: ' . a:text
  echohl None
endfunction
