;;; drive_emacs.el --- What drive_emacs.py asks of its Emacs  -*- lexical-binding: t; -*-

;;; Commentary:

;; Reads back what a buffer shows, and puts point where a person would.  Keys
;; come through the terminal, so that commands and idle timers run as usual.

;;; Code:

(require 'cl-lib)
(require 'eldoc)
(require 'flymake)
(require 'json)

(defun drive-eglot-version ()
  "The version of Eglot, wherever it comes from."
  (let ((found (or (cadr (assq 'eglot package-alist)) (cdr (assq 'eglot package--builtins)))))
    (package-version-join (if (package-desc-p found) (package-desc-version found) (aref found 0)))))

(defun drive-served-p ()
  "Whether a server looks after this buffer."
  (or (bound-and-true-p eglot--managed-mode)
      (and (fboundp 'lsp-workspaces)
           (lsp-workspaces)
           (cl-every (lambda (one) (eq (lsp--workspace-status one) 'initialized)) (lsp-workspaces)))))

(defun drive-lasting-p ()
  "Whether Eglot would bring its server back by now."
  (let ((server (and (fboundp 'eglot-current-server) (eglot-current-server))))
    (not (and server (eglot--inhibit-autoreconnect server)))))

(defun drive-write (file value)
  "Write VALUE to FILE as JSON."
  (let ((coding-system-for-write 'utf-8))
    (write-region (json-encode value) nil file nil 'silently)))

(defun drive-go (line column)
  "Put point at LINE and COLUMN, both counted from 0."
  (goto-char (point-min))
  (forward-line line)
  (forward-char column))

(defun drive-visible (&optional buffer)
  "The text of BUFFER without what is hidden."
  (with-current-buffer (or buffer (current-buffer))
    (let ((at (point-min)) (text ""))
      (while (< at (point-max))
        (let ((next (next-char-property-change at)))
          (unless (invisible-p at)
            (setq text (concat text (buffer-substring-no-properties at next))))
          (setq at next)))
      text)))

(defun drive-forget-card ()
  "Empty the buffer of ElDoc, so that what it holds next is new.
ElDoc asks only once about a place, even if there was no server yet."
  (setq eldoc--last-request-state nil)
  (when (buffer-live-p eldoc--doc-buffer)
    (with-current-buffer eldoc--doc-buffer
      (setq-local eldoc--doc-buffer-docs (list nil))
      (let ((inhibit-read-only t)) (erase-buffer)))))

(defun drive-card ()
  "What the buffer of ElDoc shows."
  (if (buffer-live-p eldoc--doc-buffer) (drive-visible eldoc--doc-buffer) ""))

(defun drive-menu (label)
  "The completions at point with what a menu shows of each, and the text about LABEL."
  (pcase-let* ((`(,start ,_end ,table . ,props) (run-hook-with-args-until-success 'completion-at-point-functions))
               (typed (buffer-substring-no-properties start (point)))
               (metadata (completion-metadata typed table nil))
               (found (completion-all-completions typed table (plist-get props :predicate) (length typed) metadata))
               (annotate (or (plist-get props :annotation-function) #'ignore))
               (describe (or (plist-get props :company-doc-buffer) #'ignore))
               (sort (or (completion-metadata-get metadata 'display-sort-function) #'identity)))
    (when (consp found) (setcdr (last found) nil))
    (let* ((sorted (funcall sort found))
           (chosen (cl-find label sorted :test #'string=))
           (buffer (and chosen (funcall describe chosen))))
      (list :rows (vconcat (mapcar (lambda (one)
                                     (vector (substring-no-properties one)
                                             (concat one (funcall annotate one))))
                                   sorted))
            :documentation (if buffer (drive-visible buffer) "")))))

(defun drive-diagnostics ()
  "What Flymake shows in this buffer, in its order."
  (vconcat
   (mapcar
    (lambda (one)
      (let ((told (alist-get 'eglot-lsp-diag (flymake-diagnostic-data one)))
            (start (flymake-diagnostic-beg one))
            (end (flymake-diagnostic-end one)))
        (save-excursion
          (list :line (1- (line-number-at-pos start))
                :column (progn (goto-char start) (- start (line-beginning-position)))
                :end_column (progn (goto-char end) (- end (line-beginning-position)))
                :severity (plist-get told :severity)
                :code (format "%s" (plist-get told :code))
                :source (plist-get told :source)
                :message (flymake-diagnostic-text one)))))
    (sort (flymake-diagnostics) (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))))

(defun drive-choices ()
  "What the minibuffer lets choose from."
  (vconcat (with-current-buffer (window-buffer (active-minibuffer-window))
             (mapcar #'substring-no-properties
                     (all-completions "" minibuffer-completion-table minibuffer-completion-predicate)))))

(defun drive-answer (text)
  "Put TEXT into the minibuffer in place of what stands there."
  (with-current-buffer (window-buffer (active-minibuffer-window))
    (delete-minibuffer-contents)
    (insert text)))

(defun drive-logs ()
  "What Emacs has told, and what the processes that it started wrote as errors."
  (mapconcat (lambda (buffer) (with-current-buffer buffer (buffer-string)))
             (cl-remove-if-not
              (lambda (buffer)
                (string-match-p "\\*\\(Messages\\|Warnings\\|.*stderr\\)\\*\\'" (buffer-name buffer)))
              (buffer-list))
             "\n"))

(provide 'drive_emacs)
;;; drive_emacs.el ends here
