" What :StdlibLs shows: cards, the list of a search, reports.

" The card of a name, or of what the cursor is on.
function! stdlib_ls#cards#Card(name) abort
  let l:asked = empty(a:name) ? s:Place() : a:name
  call s:Ask(bufnr(''), 'card', l:asked, function('s:ShowCard', [bufnr('')]))
endfunction

" The page of the documentation about a name, or about what the cursor is on.
function! stdlib_ls#cards#Docs(name) abort
  let l:asked = empty(a:name) ? s:Place() : a:name
  call s:Ask(bufnr(''), 'card', l:asked, {card -> s:Browse(card.documentation)})
endfunction

" A list of names by what they are for.
function! stdlib_ls#cards#Search(question) abort
  let l:question = empty(a:question) ? input('Search the standard library for: ') : a:question
  if empty(l:question)
    return
  endif
  let l:buffer = bufnr('')
  call stdlib_ls#Ask(l:buffer, 'search', [l:question], {hits -> s:List(l:buffer, l:question, hits)}, 'nothing found')
endfunction

" Which Pythons the file is judged by.
function! stdlib_ls#cards#Why(ignored) abort
  call stdlib_ls#Ask(bufnr(''), 'versions', [s:Uri()], {found -> s:Show('versions', found.text, '')}, 'nothing known')
endfunction

" What the project requires, and what of it the standard library could do.
function! stdlib_ls#cards#Dependencies(ignored) abort
  let l:Then = {found -> s:Show('dependencies', found.text, '')}
  call stdlib_ls#Ask(bufnr(''), 'dependencies', [s:Uri()], l:Then, 'no dependencies found')
endfunction

function! s:Place() abort
  return stdlib_ls#Call(bufnr(''), 'Place', [])
endfunction

function! s:Uri() abort
  let l:place = s:Place()
  return type(l:place) is v:t_dict ? l:place.uri : ''
endfunction

function! s:Ask(buffer, command, asked, Then) abort
  " Without a client there is no place, and that has been said.
  if !empty(a:asked)
    let l:about = type(a:asked) is v:t_string ? a:asked : expand('<cword>')
    call stdlib_ls#Ask(a:buffer, a:command, [a:asked], a:Then, 'no card of ' . l:about)
  endif
endfunction

function! s:ShowCard(buffer, card) abort
  call s:Show(a:card.name, a:card.text, stdlib_ls#Call(a:buffer, 'Syntax', []))
  call setbufvar(s:Preview(), 'stdlib_ls_page', a:card.documentation)
endfunction

" Show a text in the preview window, and stay where we are.
function! s:Show(name, text, syntax) abort
  let l:lines = split(a:text, "\n", 1)
  let l:height = min([len(l:lines), max([&previewheight, &lines * 2 / 5])])
  execute 'silent keepalt pedit +setlocal\ buftype=nofile' fnameescape('stdlib-ls:' . a:name)
  let l:here = win_getid()
  wincmd P
  execute 'resize' l:height
  setlocal bufhidden=wipe noswapfile nobuflisted modifiable wrap linebreak nonumber norelativenumber signcolumn=no
  silent %delete _
  call setline(1, l:lines)
  setlocal nomodifiable conceallevel=2 nofoldenable
  let &l:syntax = a:syntax
  nnoremap <buffer> <silent> gx :call stdlib_ls#cards#Open()<CR>
  nnoremap <buffer> <silent> q :pclose<CR>
  call win_gotoid(l:here)
endfunction

function! s:Preview() abort
  return get(map(filter(range(1, winnr('$')), 'getwinvar(v:val, "&previewwindow")'), 'winbufnr(v:val)'), 0, 0)
endfunction

" There is one list at a time, as there is one preview.
let s:list = 0

function! s:List(buffer, question, hits) abort
  if s:list && bufexists(s:list)
    execute 'bwipeout' s:list
  endif
  execute 'silent keepalt botright' min([len(a:hits), 10]) . 'new' fnameescape('stdlib-ls:' . a:question)
  let s:list = bufnr('')
  let l:width = max(map(copy(a:hits), 'strdisplaywidth(v:val.name)'))
  call setline(1, map(copy(a:hits), {_, hit -> printf('%-' . l:width . 'S  %s', hit.name, hit.summary)}))
  setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted nomodifiable nomodified
  setlocal nowrap cursorline nonumber norelativenumber signcolumn=no winfixheight
  let [b:stdlib_ls_buffer, b:stdlib_ls_hits] = [a:buffer, a:hits]
  syntax match Identifier /^\S\+/
  syntax match stdlib_ls_mark /`/ conceal
  setlocal conceallevel=2 concealcursor=n
  nnoremap <buffer> <silent> <CR> :call stdlib_ls#cards#Choose(0)<CR>
  nnoremap <buffer> <silent> gx :call stdlib_ls#cards#Choose(1)<CR>
  nnoremap <buffer> <silent> q :close<CR>
endfunction

" Show the card of the name under the cursor in the list of a search, or browse its page.
function! stdlib_ls#cards#Choose(browse) abort
  let l:Then = a:browse ? {card -> s:Browse(card.documentation)} : function('s:ShowCard', [b:stdlib_ls_buffer])
  call s:Ask(b:stdlib_ls_buffer, 'card', b:stdlib_ls_hits[line('.') - 1].name, l:Then)
endfunction

" Browse the page that goes with the card in this window.
function! stdlib_ls#cards#Open() abort
  call s:Browse(get(b:, 'stdlib_ls_page', v:null))
endfunction

function! s:Browse(page) abort
  if type(a:page) isnot v:t_string || a:page !~# '\v^%(https?|file)://\S+$'
    call stdlib_ls#Complain('no page of the documentation')
    return
  endif
  let l:command = get(g:, 'stdlib_ls_browser', s:Browser())
  if empty(l:command)
    call stdlib_ls#Complain(a:page)
  elseif has('nvim')
    call jobstart(l:command + [a:page], {'detach': 1})
  else
    call job_start(l:command + [a:page], {'stoponexit': ''})
  endif
endfunction

function! s:Browser() abort
  if has('win32')
    return ['rundll32', 'url.dll,FileProtocolHandler']
  endif
  return map(filter(has('mac') ? ['open'] : ['wslview', 'xdg-open'], 'executable(v:val)')[:0], 'exepath(v:val)')
endfunction
