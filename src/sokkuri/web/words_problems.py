"""Words for what the server refuses, by the last part of a problem's type.

The server says in English what is wrong in detail; these say of what kind it is, and what to do.
"""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "problem.not-an-image": ("This picture cannot be read", "画像として読み取れません"),
    "problem.not-an-image.next": (
        "Give another picture: a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file.",
        "JPEG、PNG、WebP、GIF、BMP、TIFF、AVIF のいずれかの画像を選んでください。",
    ),
    "problem.being-hashed": ("The photos are being hashed", "ハッシュを作成しています"),
    "problem.being-hashed.next": (
        "This page goes on by itself.",
        "できあがると、このページは自動で続きます。",
    ),
    "problem.not-hashed": (
        "The library has no such hashes",
        "このハッシュはライブラリにありません",
    ),
    "problem.not-found": ("There is no such thing", "見つかりません"),
    "problem.busy": ("Too many pictures are waiting", "処理待ちの画像が多すぎます"),
    "problem.busy.next": ("Try again in a moment.", "少し待ってからもう一度お試しください。"),
    "problem.too-large": ("The upload is too large", "ファイルが大きすぎます"),
    "problem.too-large.next": ("Give a smaller picture.", "もっと小さい画像を選んでください。"),
    "problem.library-unusable": ("The library cannot answer", "ライブラリを使えません"),
    "problem.library-unusable.next": (
        "Do what the message says, then reload.",
        "メッセージの指示に従ってから、再読み込みしてください。",
    ),
    "problem.wrong-parameter": (
        "The request says something that cannot be",
        "リクエストの内容に誤りがあります",
    ),
    "problem.wrong-parameter.next": (
        "Correct it; the API page lists what each address takes.",
        "修正してください。各アドレスの引数は API のページにあります。",
    ),
}
