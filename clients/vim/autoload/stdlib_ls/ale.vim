" stdlib-ls as one of ALE's linters.

" Marks of vim-lsp, yegappan/lsp, coc.nvim and YouCompleteMe.
let s:OTHER_CLIENTS = ['g:lsp_loaded', 'g:loaded_lsp', 'g:did_coc_loaded', 'g:loaded_youcompleteme']

function! stdlib_ls#ale#Define(filetype) abort
  call ale#Set('python_stdlib_ls_executable', 'stdlib-ls')
  call ale#Set('python_stdlib_ls_options', '')
  call ale#Set('python_stdlib_ls_config', get(g:, 'stdlib_ls_settings', {}))
  call ale#linter#Define(a:filetype, {
  \   'name': 'stdlib_ls',
  \   'lsp': 'stdio',
  \   'executable': function('s:Executable'),
  \   'command': function('s:Command'),
  \   'language': {buffer -> getbufvar(buffer, '&filetype')},
  \   'project_root': function('ale#python#FindProjectRoot'),
  \   'initialization_options': function('s:Settings'),
  \   'lsp_config': function('s:OnJoin'),
  \})
endfunction

" Never from a virtual environment: opening a project must not run what lies in it.
function! s:Executable(buffer) abort
  return stdlib_ls#IsWanted(a:buffer) ? ale#Var(a:buffer, 'python_stdlib_ls_executable') : ''
endfunction

" ALE counts columns in bytes, and tells no server so.
function! s:Command(buffer) abort
  return '%e serve --position-encoding utf-8' . ale#Pad(ale#Var(a:buffer, 'python_stdlib_ls_options'))
endfunction

function! s:Settings(buffer) abort
  let l:settings = ale#Var(a:buffer, 'python_stdlib_ls_config')
  " Other clients may run servers that ALE knows nothing of.
  let l:is_alone = empty(filter(copy(s:OTHER_CLIENTS), 'exists(v:val)'))
  return l:is_alone ? extend({'beside': s:Others(a:buffer)}, l:settings) : l:settings
endfunction

" The other language servers that ALE runs for a buffer.
function! s:Others(buffer) abort
  let l:names = []
  for l:linter in ale#linter#Get(getbufvar(a:buffer, '&filetype'))
    if empty(l:linter.lsp) || l:linter.name is# 'stdlib_ls'
      continue
    endif
    let l:program = has_key(l:linter, 'executable') ? ale#linter#GetExecutable(a:buffer, l:linter) : ''
    if type(l:program) isnot v:t_string || empty(l:program) || executable(l:program)
      call add(l:names, l:linter.name)
    endif
  endfor
  return stdlib_ls#KnownNames(l:names)
endfunction

" ALE asks for this whenever a buffer comes to a server that is ready.
function! s:OnJoin(buffer) abort
  let l:connection = get(ale#lsp#GetConnections(), s:ConnectionOf(a:buffer), {})
  if !empty(l:connection)
    call ale#lsp#RegisterCallback(l:connection.id, function('stdlib_ls#ale#OnMessage'))
    call s:OfferCompletions(l:connection, empty(filter(s:Others(a:buffer), 'v:val isnot# "ruff"')))
  endif
  return {'stdlib-ls': s:Settings(a:buffer)}
endfunction

" ALE asks no more than one server for completions, the first: with another one at work, it must not be this one.
function! s:OfferCompletions(connection, offer) abort
  let l:abilities = a:connection.capabilities
  if !has_key(a:connection, 'stdlib_ls_triggers')
    let a:connection.stdlib_ls_triggers = l:abilities.completion_trigger_characters
  endif
  let l:abilities.completion = a:offer
  let l:abilities.completion_trigger_characters = a:offer ? a:connection.stdlib_ls_triggers : []
endfunction

function! s:Linter(buffer) abort
  let l:linters = ale#linter#Get(getbufvar(a:buffer, '&filetype'))
  return get(filter(l:linters, 'v:val.name is# "stdlib_ls"'), 0, {})
endfunction

function! s:ConnectionOf(buffer) abort
  let l:linter = s:Linter(a:buffer)
  return empty(l:linter) ? '' : s:Executable(a:buffer) . ':' . ale#lsp_linter#FindProjectRoot(a:buffer, l:linter)
endfunction

" ALE takes every information and every hint for a warning.
function! stdlib_ls#ale#OnMessage(connection, message) abort
  if get(a:message, 'method', '') isnot# 'textDocument/publishDiagnostics'
    return
  endif
  let l:quiet = {}
  for l:found in a:message.params.diagnostics
    if get(l:found, 'severity', 1) > 2
      let l:quiet[join([l:found.range.start.line + 1, l:found.code, l:found.range.start.character + 1])] = 1
    endif
  endfor
  for [l:buffer, l:info] in items(g:ale_buffer_info)
    if ale#util#ToURI(expand('#' . l:buffer . ':p')) is# a:message.params.uri
      call s:Quieten(str2nr(l:buffer), l:info.loclist, l:quiet)
    endif
  endfor
endfunction

function! s:Quieten(buffer, items, quiet) abort
  let l:changed = 0
  for l:item in a:items
    if l:item.linter_name is# 'stdlib_ls' && l:item.type is# 'W'
    \&& has_key(a:quiet, join([l:item.lnum, get(l:item, 'code', ''), l:item.col]))
      let l:item.type = 'I'
      let l:changed = 1
    endif
  endfor
  if l:changed
    call ale#engine#SetResults(a:buffer, a:items)
  endif
endfunction

" The lines with all safe fixes; ALE's fixers before this one may have changed them already.
function! stdlib_ls#ale#Fix(buffer, lines) abort
  let l:document = {'uri': ale#util#ToURI(expand('#' . a:buffer . ':p'))}
  let l:message = [0, 'textDocument/codeAction', {
  \   'textDocument': l:document,
  \   'range': {'start': {'line': 0, 'character': 0}, 'end': {'line': len(a:lines), 'character': 0}},
  \   'context': {'diagnostics': [], 'only': ['source.fixAll.stdlib-ls']},
  \}]
  " With this key, ALE waits for what is given to `result_callback`.
  let l:later = {'_deferred_job_id': 0}
  let l:OnAnswer = {answer -> l:later.result_callback(s:Fixed(a:lines, answer, l:document.uri))}
  return s:Send(a:buffer, a:lines, l:message, l:OnAnswer) ? l:later : 0
endfunction

function! s:Fixed(lines, answer, uri) abort
  let l:actions = get(a:answer, 'result', [])
  if type(l:actions) isnot v:t_list || empty(l:actions)
    return a:lines
  endif
  return s:Edited(a:lines, l:actions[0].edit.changes[a:uri])
endfunction

function! s:Edited(lines, edits) abort
  " The text ends with a line break, so that the last line is an empty one.
  let l:lines = a:lines + ['']
  for l:edit in reverse(sort(copy(a:edits), function('s:Order')))
    let [l:start, l:end] = [l:edit.range.start, l:edit.range.end]
    let l:text = strpart(l:lines[l:start.line], 0, l:start.character) . l:edit.newText
    \   . strpart(get(l:lines, l:end.line, ''), l:end.character)
    let l:before = l:start.line > 0 ? l:lines[: l:start.line - 1] : []
    let l:lines = l:before + split(l:text, "\n", 1) + l:lines[l:end.line + 1 :]
  endfor
  return empty(l:lines[-1]) ? l:lines[: -2] : l:lines
endfunction

function! s:Order(one, other) abort
  let [l:one, l:other] = [a:one.range.start, a:other.range.start]
  return l:one.line == l:other.line ? l:one.character - l:other.character : l:one.line - l:other.line
endfunction

" Send a question about some lines, which the server need not have seen yet.
function! s:Send(buffer, lines, message, OnAnswer) abort
  let l:change = [1, 'textDocument/didChange', {
  \   'textDocument': {
  \     'uri': ale#util#ToURI(expand('#' . a:buffer . ':p')),
  \     'version': ale#lsp#message#GetNextVersionID(),
  \   },
  \   'contentChanges': [{'text': join(a:lines, "\n") . "\n"}],
  \}]
  return ale#lsp_linter#SendRequest(a:buffer, 'stdlib_ls', l:change)
  \   && ale#lsp_linter#SendRequest(a:buffer, 'stdlib_ls', a:message, a:OnAnswer)
endfunction

" What the commands need of a client: see autoload/stdlib_ls.vim.

function! stdlib_ls#ale#Serves(buffer) abort
  return exists(':ALELint') == 2 && !empty(s:Linter(a:buffer)) && stdlib_ls#IsWanted(a:buffer)
endfunction

function! stdlib_ls#ale#Place() abort
  return {
  \   'uri': ale#util#ToURI(expand('%:p')),
  \   'position': {'line': line('.') - 1, 'character': col('.') - 1},
  \}
endfunction

function! stdlib_ls#ale#Ask(buffer, command, arguments, OnAnswer) abort
  let l:message = ale#lsp#message#ExecuteCommand(a:command, a:arguments)
  return s:Send(a:buffer, getbufline(a:buffer, 1, '$'), l:message, a:OnAnswer)
endfunction

function! stdlib_ls#ale#Restart(buffer) abort
  let l:connection = get(ale#lsp#GetConnections(), s:ConnectionOf(a:buffer), {})
  let l:job = get(l:connection, 'job_id', 0)
  if l:job
    call ale#lsp#Stop(l:connection.id)
  endif
  call s:StartAfter(l:job, 0)
endfunction

" What ALE does when a server ends would hit the next one, if that were there already.
function! s:StartAfter(job, timer) abort
  if a:job && ale#job#IsRunning(a:job)
    call timer_start(50, function('s:StartAfter', [a:job]))
  else
    call timer_start(50, {-> ale#Queue(0)})
  endif
endfunction

function! stdlib_ls#ale#Syntax() abort
  return ''
endfunction
