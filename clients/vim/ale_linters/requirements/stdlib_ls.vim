" ALE finds this file on the runtime path.
call stdlib_ls#ale#Define('requirements')
