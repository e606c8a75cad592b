"""Words of every page: header, keys, notices, ways in."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "shell.skip": ("Skip to the content", "本文へ移動"),
    "shell.pages": ("Pages", "ページ"),
    "shell.language": ("Language", "言語"),
    "shell.theme": ("Switch between dark and light", "明暗を切り替え"),
    "shell.script": (
        "This page needs JavaScript; it loads nothing from elsewhere.",
        "このページには JavaScript が必要です。外部からは何も読み込みません。",
    ),
    "shell.close": ("Close", "閉じる"),
    "shell.loading": ("Loading…", "読み込み中…"),
    "nav.home": ("Search", "検索"),
    "nav.library": ("Library", "ライブラリ"),
    "nav.docs": ("API", "API"),
    "title.home": ("Search", "検索"),
    "title.search": ("Results", "検索結果"),
    "title.library": ("Library", "ライブラリ"),
    "title.docs": ("API", "API"),
    "title.error": ("That did not work", "エラー"),
    "keys.title": ("Keyboard", "キーボード操作"),
    "keys.help": ("This sheet", "この一覧"),
    "keys.home": ("Search and browse", "検索と一覧"),
    "keys.library": ("Library", "ライブラリ"),
    "keys.theme": ("Dark or light", "明暗の切り替え"),
    "keys.choose": ("Choose photos from your computer", "写真ファイルを選ぶ"),
    "keys.paste": ("Search for a copied picture", "コピーした画像で検索"),
    "keys.move": ("Move among photos", "写真の間を移動"),
    "keys.open": ("Search from the photo", "その写真で検索"),
    "keys.explain": ("Explain the photo against the query", "クエリとの違いを説明"),
    "keys.compare": ("Compare the photo with the query", "クエリと見比べる"),
    "keys.download": ("Download the photo", "写真をダウンロード"),
    "keys.pages": ("Page back, page on", "前のページ、次のページ"),
    "keys.bits": ("Threshold one bit down, up", "しきい値を 1 ビット下げる、上げる"),
    "keys.presets": ("Strict, normal, loose, nearest", "厳しい、普通、ゆるい、最も近い"),
    "keys.mirror": ("Mirrored photos on or off", "左右反転の有無"),
    "keys.emphasis": ("Emphasis: shape, balanced, colour", "重み：形、バランス、色"),
    "keys.tabs": ("Tab to the left, to the right", "左のタブ、右のタブ"),
    "keys.refresh": ("Look for changes in the folders", "フォルダーの変更を確認"),
    "keys.threshold": ("To the threshold", "しきい値へ"),
    "error.home": ("Back to the start", "最初に戻る"),
    "error.unknown": ("Something went wrong.", "問題が起きました。"),
    "error.unreachable": ("sokkuri does not answer.", "sokkuri が応答しません。"),
    "error.unreachable.next": (
        "It may have been stopped. Start it again with “sokkuri ui”.",
        "停止した可能性があります。「sokkuri ui」でもう一度起動してください。",
    ),
    "in.choose": ("Choose photos…", "写真を選ぶ…"),
    "in.pasted": ("pasted.png", "貼り付けた画像.png"),
    "in.drop_now": ("Drop to search", "ドロップして検索"),
    "in.too_many": (
        "Only the first {count} files were taken.",
        "最初の {count} 件だけを受け取りました。",
    ),
    "copy.by_hand": (
        "The clipboard is closed to this page. Select the text and copy it.",
        "クリップボードを使えません。文字列を選んでコピーしてください。",
    ),
    "copy.done": ("Copied", "コピーしました"),
    "progress.listing": ("Looking for photos… {count} found", "写真を探しています… {count} 件"),
    "progress.hashing": ("Indexing {done} of {total}", "索引を作成中 {total} 件中 {done} 件"),
    "progress.hashing.open": ("Indexing… {done} so far", "索引を作成中… {done} 件"),
}
