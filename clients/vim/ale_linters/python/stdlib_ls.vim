" ALE finds this file on the runtime path.
call stdlib_ls#ale#Define('python')
call ale#fix#registry#Add(
\   'stdlib_ls',
\   'stdlib_ls#ale#Fix',
\   ['python'],
\   'Apply the safe fixes of stdlib-ls.'
\)
