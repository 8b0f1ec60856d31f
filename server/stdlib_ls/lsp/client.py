"""What the client at the other end can do, read once from what it declares."""

from __future__ import annotations

from typing import NamedTuple

from lsprotocol import types

from stdlib_ls.features.render import Format


class Client(NamedTuple):
    """The abilities that change what is sent. Everything is off until the client says otherwise."""

    hover_format: Format = "plaintext"
    completion_format: Format = "plaintext"
    resolves_documentation: bool = False
    resolves_edits: bool = False
    shows_label_details: bool = False
    tags_completions: bool = False
    # Only those that can also be asked to pull again: others would show what held before a file around changed.
    pulls_diagnostics: bool = False
    links_codes: bool = False
    tags_diagnostics: bool = False
    literal_actions: bool = False
    prefers_actions: bool = False
    answers_configuration: bool = False
    versions_edits: bool = False
    renames_files: bool = False
    # Both are asked for file by file: whether it tells of changed files, and whether of those outside of the workspace.
    watches_files: bool = False
    watches_elsewhere: bool = False
    reads_label_offsets: bool = False
    reads_active_of_signature: bool = False


def read_client(declared: types.ClientCapabilities) -> Client:
    """The client behind some capabilities; missing branches count as "cannot"."""
    text = declared.text_document or types.TextDocumentClientCapabilities()
    workspace = declared.workspace or types.WorkspaceClientCapabilities()
    completion = text.completion.completion_item if text.completion else None
    action = text.code_action
    # What a diagnostic may hold, a client says of those that are pushed, of those that it pulls, or of both.
    shown = [one for one in (text.publish_diagnostics, text.diagnostic) if one]
    resolvable = completion.resolve_support.properties if completion and completion.resolve_support else ()
    edits = workspace.workspace_edit
    signature = text.signature_help.signature_information if text.signature_help else None
    watching = workspace.did_change_watched_files
    refreshes = bool(workspace.diagnostics and workspace.diagnostics.refresh_support)
    return Client(
        hover_format=_format(text.hover.content_format if text.hover else None),
        completion_format=_format(completion.documentation_format if completion else None),
        resolves_documentation="documentation" in resolvable,
        resolves_edits="additionalTextEdits" in resolvable,
        shows_label_details=bool(completion and completion.label_details_support),
        tags_completions=bool(completion and completion.tag_support),
        pulls_diagnostics=text.diagnostic is not None and refreshes,
        links_codes=any(one.code_description_support for one in shown),
        tags_diagnostics=any(one.tag_support for one in shown),
        literal_actions=bool(action and action.code_action_literal_support),
        prefers_actions=bool(action and action.is_preferred_support),
        answers_configuration=bool(workspace.configuration),
        versions_edits=bool(edits and edits.document_changes),
        renames_files=bool(
            edits and edits.document_changes and types.ResourceOperationKind.Rename in (edits.resource_operations or ())
        ),
        watches_files=bool(watching and watching.dynamic_registration),
        watches_elsewhere=bool(watching and watching.relative_pattern_support),
        reads_label_offsets=bool(
            signature and signature.parameter_information and signature.parameter_information.label_offset_support
        ),
        reads_active_of_signature=bool(signature and signature.active_parameter_support),
    )


def _format(accepted: object) -> Format:
    """Of the two that are known, what the client names first, since it prefers that; plain text where it names none."""
    listed = [one for one in accepted if one in tuple(types.MarkupKind)] if isinstance(accepted, list | tuple) else ()
    return "markdown" if listed and listed[0] == types.MarkupKind.Markdown else "plaintext"
