;;; stdlib-ls.el --- Language server for the Python standard library  -*- lexical-binding: t; -*-

;; Copyright (c) 2026 The stdlib-ls authors

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools, docs
;; URL: https://github.com/stdlib-ls/stdlib-ls
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; stdlib-ls is a language server that knows the Python standard library:
;; cards on hover, completion, and advice where the library can replace a
;; third-party import.  This package starts it under Eglot or lsp-mode:
;;
;;   (stdlib-ls-setup)
;;
;; Under lsp-mode it runs beside any other Python server.  Eglot talks to one
;; server only; name the others in `stdlib-ls-neighbours', and all of them run
;; behind the multiplexer rass (the package rassumfrassum on PyPI).
;;
;; The command `stdlib-ls' has to be installed, with pipx for instance.

;;; Code:

(require 'browse-url)
(require 'goto-addr)
(require 'seq)
(require 'subr-x)

(defgroup stdlib-ls nil
  "Language server for the Python standard library."
  :group 'tools
  :prefix "stdlib-ls-")

(defcustom stdlib-ls-command '("stdlib-ls")
  "The command that starts the server, as a list of program and arguments."
  :type '(repeat string))

(defcustom stdlib-ls-settings nil
  "The server's settings as a property list, handed on as they are.
For example (:hover (:detail \"brief\") :target \"3.11\").  Write false
as :json-false and a list as a vector.  They are read when the server
starts; \\[stdlib-ls-restart] starts it anew."
  :type 'plist)

(defcustom stdlib-ls-neighbours nil
  "The commands of the Python servers to run beside stdlib-ls under Eglot.
For example ((\"basedpyright-langserver\" \"--stdio\") (\"ruff\" \"server\")).
They run behind `stdlib-ls-rass-command'; the first one is asked for what
only one server can answer.  Under lsp-mode this has no meaning: there all
servers are independent."
  :type '(repeat (repeat string))
  :risky t)

(defcustom stdlib-ls-rass-command '("rass" "--log-level" "warn")
  "The command that starts the multiplexer, up to its servers."
  :type '(repeat string))

(defcustom stdlib-ls-modes '(python-mode python-ts-mode pip-requirements-mode)
  "The major modes that Eglot uses stdlib-ls for.
Add `conf-toml-mode' or `toml-ts-mode' to have the dependencies in
pyproject.toml looked at, unless another server is there for TOML."
  :type '(repeat symbol))

(defconst stdlib-ls--preset
  (expand-file-name "stdlib_ls_rass.py" (file-name-directory (or load-file-name buffer-file-name "")))
  "What rass has to know so that hovering shows the cards of all servers.")

(defconst stdlib-ls--known-servers
  '("pylance" "basedpyright" "pyright" "pyrefly" "pylsp" "zuban" "jedi" "ruff" "ty")
  "The names by which the server knows others.")

;;; What the clients are told

(defun stdlib-ls--known-server (name)
  "The name by which the server knows another one called NAME, or nil.
NAME is a program or module, or what lsp-mode calls it, such as ty-ls.
What is no server for Python, a spelling checker say, takes nothing over."
  (seq-find (lambda (known) (string-match-p (format "\\`%s\\(?:ls\\|[-_].*\\)?\\'" known) name))
            stdlib-ls--known-servers))

(defun stdlib-ls--neighbour-names ()
  "What the servers of `stdlib-ls-neighbours' may be called.
All words of a command count: it may begin with uvx, or with python -m."
  (mapcar #'file-name-base (apply #'append stdlib-ls-neighbours)))

(defun stdlib-ls--options (neighbours)
  "The settings, plus the names of NEIGHBOURS as the server knows them."
  (let ((known (delq nil (mapcar #'stdlib-ls--known-server neighbours))))
    (append stdlib-ls-settings (list :beside (vconcat (seq-uniq known))))))

;;; Eglot

(defvar eglot-server-programs)
(declare-function eglot-current-server "eglot" ())
(declare-function eglot--capabilities "eglot" (object))
(declare-function eglot-reconnect "eglot" (server &optional interactive))
(declare-function eglot--TextDocumentPositionParams "eglot" ())
(declare-function jsonrpc-request "jsonrpc" (connection method params &rest args))
(declare-function jsonrpc-async-request "jsonrpc" (connection method params &rest args))

(defun stdlib-ls-eglot-contact (&optional _interactive _project)
  "Return how Eglot shall start the server: alone, or beside others behind rass."
  (when (and stdlib-ls-neighbours (not (file-exists-p stdlib-ls--preset)))
    (user-error "The file %s was not installed with stdlib-ls.el" stdlib-ls--preset))
  (append (if stdlib-ls-neighbours
              (append stdlib-ls-rass-command
                      (list stdlib-ls--preset)
                      (mapcan (lambda (command) (cons "--" (copy-sequence command)))
                              (append stdlib-ls-neighbours (list stdlib-ls-command))))
            stdlib-ls-command)
          (list :initializationOptions #'stdlib-ls--eglot-options)))

(defun stdlib-ls--eglot-options (_server)
  "The initialization options, for rass to hand on if Eglot talks to that."
  (let ((options (stdlib-ls--options (stdlib-ls--neighbour-names))))
    (if (not stdlib-ls-neighbours)
        options
      ;; rass calls a server by its program and its place, and gives it what stands below a matching pattern.
      (let ((name (format "^%s#%d$"
                          (regexp-quote (file-name-nondirectory (car stdlib-ls-command)))
                          (length stdlib-ls-neighbours))))
        (list :rass (list (intern (concat ":" name)) options))))))

(defun stdlib-ls--eglot-server ()
  "The current buffer's Eglot server, if it takes our commands."
  (when-let* (((featurep 'eglot))
              (server (eglot-current-server))
              (offered (plist-get (eglot--capabilities server) :executeCommandProvider)))
    (and (seq-contains-p (plist-get offered :commands) "stdlib-ls.server.search") server)))

(defun stdlib-ls--register-with-eglot ()
  "Have Eglot start the server in buffers of `stdlib-ls-modes'."
  (let ((modes (mapcar (lambda (mode) (if (string-prefix-p "python" (symbol-name mode))
                                          (list mode :language-id "python")
                                        mode))
                       stdlib-ls-modes)))
    (setq eglot-server-programs
          (cons (cons modes #'stdlib-ls-eglot-contact)
                (rassq-delete-all #'stdlib-ls-eglot-contact eglot-server-programs)))))

;;; lsp-mode

(defvar lsp--cur-workspace)
(declare-function lsp-workspaces "lsp-mode" ())
(declare-function lsp-workspace-restart "lsp-mode" (workspace))
(declare-function lsp-register-client "lsp-mode" (client))
(declare-function make-lsp-client "lsp-mode" (&rest slots))
(declare-function lsp-stdio-connection "lsp-mode" (command &optional test-command))
(declare-function lsp-notify "lsp-mode" (method params))
(declare-function lsp-request "lsp-mode" (method params &rest args))
(declare-function lsp-request-async "lsp-mode" (method params callback &rest args))
(declare-function lsp-session "lsp-mode" ())
(declare-function lsp--session-workspaces "lsp-mode" (session))
(declare-function lsp--workspace-client "lsp-mode" (workspace))
(declare-function lsp--workspace-buffers "lsp-mode" (workspace))
(declare-function lsp--client-server-id "lsp-mode" (client))
(declare-function lsp--text-document-position-params "lsp-mode" (&optional identifier position))

(defvar stdlib-ls--told (make-hash-table :test #'eq :weakness 'key)
  "The neighbours that the server of each lsp-mode workspace was told of last.")

(defun stdlib-ls--wanted-by-lsp-p (file mode)
  "Say whether lsp-mode shall use the server for FILE in major mode MODE."
  (or (provided-mode-derived-p mode 'python-mode 'python-base-mode 'pip-requirements-mode)
      (string-match-p "\\(?:\\`pyproject\\.toml\\|\\(?:requirements\\|constraints\\).*\\.\\(?:txt\\|in\\)\\)\\'"
                      (file-name-nondirectory (or file "")))))

(defun stdlib-ls--id (workspace)
  "The name of the server of WORKSPACE in lsp-mode, as a symbol."
  (lsp--client-server-id (lsp--workspace-client workspace)))

(defun stdlib-ls--lsp-workspace ()
  "The current buffer's lsp-mode workspace of our server, if there is one."
  (and (featurep 'lsp-mode)
       (seq-find (lambda (workspace) (eq (stdlib-ls--id workspace) 'stdlib-ls)) (lsp-workspaces))))

(defun stdlib-ls--lsp-neighbours (workspace)
  "The names of the other servers in the buffers of WORKSPACE."
  (let (lsp--cur-workspace)
    (seq-uniq
     (seq-mapcat
      (lambda (buffer)
        (mapcar (lambda (other) (symbol-name (stdlib-ls--id other)))
                (remq workspace (buffer-local-value 'lsp--buffer-workspaces buffer))))
      (seq-filter #'buffer-live-p (lsp--workspace-buffers workspace))))))

(defun stdlib-ls--lsp-configuration (workspace params)
  "What to answer to the server of WORKSPACE when it asks for settings.
PARAMS names the sections and folders; the answer is the same for all."
  (let ((neighbours (stdlib-ls--lsp-neighbours workspace)))
    (puthash workspace neighbours stdlib-ls--told)
    (make-vector (length (stdlib-ls--get params "items")) (stdlib-ls--options neighbours))))

(defun stdlib-ls--tell-lsp-neighbours (&rest _)
  "Tell each server whose neighbours are others now to read its settings again."
  (dolist (workspace (lsp--session-workspaces (lsp-session)))
    (when (and (eq (stdlib-ls--id workspace) 'stdlib-ls)
               (not (seq-set-equal-p (gethash workspace stdlib-ls--told)
                                     (stdlib-ls--lsp-neighbours workspace))))
      (puthash workspace (stdlib-ls--lsp-neighbours workspace) stdlib-ls--told)
      (let ((lsp--cur-workspace workspace))
        (lsp-notify "workspace/didChangeConfiguration" '(:settings nil))))))

(defun stdlib-ls--with-all-servers (report &rest arguments)
  "Call REPORT with ARGUMENTS on behalf of all servers of the buffer.
lsp-mode tells Flymake of the messages of that server only which has
just sent some, so that a second server takes those of the first one
away (issue 2808 of lsp-mode)."
  (let (lsp--cur-workspace)
    (apply report arguments)))

(defun stdlib-ls--register-with-lsp-mode ()
  "Have lsp-mode start the server beside those that it knows for Python."
  (let ((handlers (make-hash-table :test #'equal)))
    (puthash "workspace/configuration" #'stdlib-ls--lsp-configuration handlers)
    (lsp-register-client
     (make-lsp-client
      :new-connection (lsp-stdio-connection (lambda () stdlib-ls-command))
      :activation-fn #'stdlib-ls--wanted-by-lsp-p
      :server-id 'stdlib-ls
      :add-on? t
      :priority -1
      :initialization-options (lambda () stdlib-ls-settings)
      ;; lsp-mode counts columns in characters; up to 8.0 it does not say so.
      :custom-capabilities '((general . ((positionEncodings . ["utf-32"]))))
      :request-handlers handlers)))
  (dolist (hook '(lsp-after-open-hook lsp-after-initialize-hook lsp-after-uninitialized-functions))
    (add-hook hook #'stdlib-ls--tell-lsp-neighbours))
  (advice-add 'lsp-diagnostics--flymake-update-diagnostics :around #'stdlib-ls--with-all-servers))

;;;###autoload
(defun stdlib-ls-setup ()
  "Register the server with Eglot and lsp-mode, whenever they are loaded."
  (interactive)
  (eval-after-load 'eglot #'stdlib-ls--register-with-eglot)
  (eval-after-load 'lsp-mode #'stdlib-ls--register-with-lsp-mode))

;;; Asking the server

(defun stdlib-ls--get (object name)
  "The value of NAME in a JSON OBJECT from either client."
  (if (hash-table-p object)
      (gethash name object)
    (plist-get object (intern (concat ":" name)))))

(defun stdlib-ls--serving-buffer ()
  "The current buffer if the server is running for it, else another such buffer."
  (or (seq-find (lambda (buffer)
                  (with-current-buffer buffer
                    (or (stdlib-ls--eglot-server) (stdlib-ls--lsp-workspace))))
                (cons (current-buffer) (buffer-list)))
      (user-error "The server stdlib-ls is not running; `M-x eglot' or `M-x lsp' in a Python file starts it")))

(defun stdlib-ls--params (command arguments)
  "What to send for the server's COMMAND with a list of ARGUMENTS."
  (list :command (concat "stdlib-ls.server." command) :arguments (vconcat arguments)))

(defun stdlib-ls--ask (command &rest arguments)
  "The server's answer to COMMAND with ARGUMENTS."
  (with-current-buffer (stdlib-ls--serving-buffer)
    (let ((params (stdlib-ls--params command arguments)))
      (condition-case err
          (if-let ((server (stdlib-ls--eglot-server)))
              ;; Deferred, so that Eglot sends first what was typed just now.
              (jsonrpc-request server :workspace/executeCommand params :deferred (intern command))
            (let ((lsp--cur-workspace (stdlib-ls--lsp-workspace)))
              (lsp-request "workspace/executeCommand" params)))
        (error (user-error "The server stdlib-ls says: %s" (error-message-string err)))))))

(defun stdlib-ls--ask-later (answered command &rest arguments)
  "Call ANSWERED with the server's answer to COMMAND with ARGUMENTS, once it comes."
  (let ((params (stdlib-ls--params command arguments))
        (failed (lambda (err) (message "The server stdlib-ls says: %s" (stdlib-ls--get err "message")))))
    (if-let ((server (stdlib-ls--eglot-server)))
        (jsonrpc-async-request server :workspace/executeCommand params :deferred (intern command)
                               :success-fn answered :error-fn failed :timeout 600)
      (let ((lsp--cur-workspace (stdlib-ls--lsp-workspace)))
        (lsp-request-async "workspace/executeCommand" params answered :error-handler failed :mode 'detached)))))

(defun stdlib-ls--place ()
  "Where point is, in the terms of the protocol."
  (cond ((stdlib-ls--eglot-server) (eglot--TextDocumentPositionParams))
        ((stdlib-ls--lsp-workspace) (lsp--text-document-position-params))
        (t (user-error "The server stdlib-ls is not running here; start it with `M-x eglot' or `M-x lsp'"))))

(defun stdlib-ls--uri (place)
  "The address of the file of a PLACE."
  (plist-get (plist-get place :textDocument) :uri))

(defun stdlib-ls--card-at-point ()
  "The card of the symbol at point."
  (let ((place (stdlib-ls--place)))
    (or (stdlib-ls--ask "card" (list :uri (stdlib-ls--uri place) :position (plist-get place :position)))
        (user-error "Nothing of the standard library here"))))

;;; Commands

(defvar-local stdlib-ls--documentation nil
  "The address of the page about what a card buffer shows.")

(defun stdlib-ls--show (name text &optional documentation)
  "Show TEXT, which may be Markdown, in the buffer *NAME*.
DOCUMENTATION is the address of the page about it; \\`o' opens it."
  (with-current-buffer (get-buffer-create (format "*%s*" name))
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text "\n")
      (goto-char (point-min))
      ;; The clients ask for Markdown where markdown-mode is there to show it.
      (if (and documentation (fboundp 'gfm-view-mode))
          (delay-mode-hooks (gfm-view-mode))
        (special-mode)
        (goto-address-mode))
      (visual-line-mode))
    (setq stdlib-ls--documentation documentation)
    (use-local-map (make-composed-keymap
                    (let ((map (make-sparse-keymap)))
                      (define-key map "q" #'quit-window)
                      (define-key map "o" #'stdlib-ls-open-documentation)
                      map)
                    (current-local-map)))
    (display-buffer (current-buffer))))

(defun stdlib-ls--show-card (card)
  "Show a CARD as the server gives it."
  (stdlib-ls--show "stdlib-ls card" (stdlib-ls--get card "text") (or (stdlib-ls--get card "documentation") "")))

(defun stdlib-ls--browse (card)
  "Open the page that documents what CARD is about."
  (browse-url (or (stdlib-ls--get card "documentation")
                  (user-error "No page about %s" (stdlib-ls--get card "name")))))

;;;###autoload
(defun stdlib-ls-card ()
  "Show the card of the symbol at point."
  (interactive)
  (stdlib-ls--show-card (stdlib-ls--card-at-point)))

;;;###autoload
(defun stdlib-ls-open-documentation ()
  "Open the page that documents the symbol at point, or the card shown here."
  (interactive)
  (if (string-empty-p (or stdlib-ls--documentation ""))
      (stdlib-ls--browse (stdlib-ls--card-at-point))
    (browse-url stdlib-ls--documentation)))

;;;###autoload
(defun stdlib-ls-search (question &optional browse)
  "Search the standard library for QUESTION, such as \"temporary directory\".
Show the card of what is chosen from the answers; with a prefix
argument BROWSE, open its page of the documentation instead."
  (interactive "sSearch the standard library for: \nP")
  (let* ((found (mapcar (lambda (one) (cons (stdlib-ls--get one "name") (stdlib-ls--get one "summary")))
                        (or (append (stdlib-ls--ask "search" question) nil)
                            (user-error "Nothing found for %s" question))))
         (width (apply #'max (mapcar (lambda (one) (length (car one))) found)))
         (annotate (lambda (name)
                     (concat (make-string (- (+ width 2) (length name)) ?\s)
                             (propertize (or (cdr (assoc name found)) "") 'face 'completions-annotations))))
         (table (lambda (text predicate action)
                  (if (eq action 'metadata)
                      ;; Best first, as they come.
                      `(metadata (annotation-function . ,annotate)
                                 (display-sort-function . identity)
                                 (cycle-sort-function . identity))
                    (complete-with-action action found text predicate))))
         (name (completing-read "Show: " table nil t nil nil (caar found)))
         (card (stdlib-ls--ask "card" name)))
    (if browse (stdlib-ls--browse card) (stdlib-ls--show-card card))))

;;;###autoload
(defun stdlib-ls-why-version ()
  "Say which Pythons this file is judged by, and why."
  (interactive)
  (display-message-or-buffer
   (stdlib-ls--get (stdlib-ls--ask "versions" (stdlib-ls--uri (stdlib-ls--place))) "text")
   "*stdlib-ls why-version*"))

;;;###autoload
(defun stdlib-ls-dependencies ()
  "Show what the project's dependencies are used for, and what could replace them."
  (interactive)
  (message "Looking at the dependencies...")
  (stdlib-ls--ask-later
   (lambda (report)
     (message nil)
     (stdlib-ls--show "stdlib-ls dependencies" (stdlib-ls--get report "text")))
   "dependencies" (stdlib-ls--uri (stdlib-ls--place))))

;;;###autoload
(defun stdlib-ls-restart ()
  "Start the server of this buffer anew, with the settings as they are now."
  (interactive)
  (cond ((stdlib-ls--eglot-server) (eglot-reconnect (stdlib-ls--eglot-server) t))
        ((stdlib-ls--lsp-workspace) (lsp-workspace-restart (stdlib-ls--lsp-workspace)))
        (t (user-error "The server stdlib-ls is not running here; start it with `M-x eglot' or `M-x lsp'"))))

(provide 'stdlib-ls)
;;; stdlib-ls.el ends here
