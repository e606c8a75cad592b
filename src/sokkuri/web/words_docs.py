"""Words of the page that documents the API."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "docs.title": ("HTTP API", "HTTP API"),
    "docs.intro": (
        "All that the pages do, for scripts: the names, defaults and answers of the command line.",
        "ページでできることのすべてを、スクリプトから。名前も既定値も答えもコマンドと同じです。",
    ),
    "docs.contents": ("Contents of the API", "API の目次"),
    "docs.search": ("Search the API", "API を検索"),
    "docs.found": ("{count} found", "{count} 件"),
    "docs.address": ("Address", "アドレス"),
    "docs.token": ("Token", "トークン"),
    "docs.token.about": (
        "Printed when the server starts; every request but /healthz sends it.",
        "サーバーの起動時に表示されます。/healthz 以外のすべての要求に付けます。",
    ),
    "docs.ids": ("Ids", "ID"),
    "docs.ids.about": (
        "A photo is its folder's key and a number; an upload is u and 32 digits.",
        "写真はフォルダーのキーと番号、アップロードした画像は u と 32 桁で表します。",
    ),
    "docs.problems": ("Problems", "エラー"),
    "docs.problems.about": (
        "application/problem+json, one shape that says what is wrong and what to do.",
        "application/problem+json。何が問題か、どうすればよいかを同じ形で返します。",
    ),
    "docs.twins": ("Pages", "ページ"),
    "docs.twins.about": (
        "Every page has a JSON twin with the same parameters.",
        "どのページにも、同じパラメーターの JSON 版があります。",
    ),
    "docs.tag.server": ("Server", "サーバー"),
    "docs.tag.search": ("Search", "検索"),
    "docs.tag.photos": ("Photos", "写真"),
    "docs.tag.folders": ("Folders and hashes", "フォルダーとハッシュ"),
    "docs.tag.pairs": ("Two photos", "2 枚の写真"),
    "docs.schemas": ("Shapes", "データの形"),
    "docs.parameters": ("Parameters", "パラメーター"),
    "docs.fields": ("Fields", "項目"),
    "docs.body": ("Body", "本文"),
    "docs.answers": ("Answers", "応答"),
    "docs.problem": ("a problem", "エラー"),
    "docs.default": ("default {value}", "既定値 {value}"),
    "docs.required": ("required", "必須"),
    "docs.in_path": ("in the path", "パス内"),
    "docs.copy": ("Copy", "コピー"),
    "docs.copy_of": ("Copy the example of {name}", "{name} の例をコピー"),
    "docs.copied": ("Copied", "コピーしました"),
    "docs.keys.search": ("Search the API", "API を検索"),
}
