"""Words of the home page and of the library."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "home.heading": ("Find photos that look alike", "そっくりな写真を探す"),
    "home.drop": (
        "Drop a photo anywhere, paste one with Ctrl+V, or click one below.",
        "写真をこのページにドロップするか、Ctrl+V で貼り付けるか、下の写真を選んでください。",
    ),
    "home.private": (
        "Nothing leaves this computer.",
        "写真がこのコンピューターの外に出ることはありません。",
    ),
    "home.browse": ("Photos of the library", "ライブラリの写真"),
    "home.photos": ("{count} photos", "{count} 枚"),
    "home.photos.one": ("{count} photo", "{count} 枚"),
    "home.folder": ("Folder", "フォルダー"),
    "home.all_folders": ("All folders", "すべてのフォルダー"),
    "home.sort": ("Sort", "並び順"),
    "home.empty": ("There are no photos here yet.", "まだ写真がありません。"),
    "home.empty.next": (
        "They appear as soon as they are indexed.",
        "索引ができしだい表示されます。",
    ),
    "home.empty.none": ("No photo was found.", "写真が見つかりませんでした。"),
    "home.empty.none.next": (
        "Put photos into the folder, then choose “Look for changes” on the page “Library”.",
        "フォルダーに写真を入れて、「ライブラリ」のページで「変更を確認」を選んでください。",
    ),
    "home.empty.rejected": (
        "{count} files could not be read; the page “Library” says why.",
        "{count} 件のファイルを読めませんでした。理由は「ライブラリ」のページにあります。",
    ),
    "home.empty.rejected.one": (
        "{count} file could not be read; the page “Library” says why.",
        "{count} 件のファイルを読めませんでした。理由は「ライブラリ」のページにあります。",
    ),
    "home.empty.folder": ("No photo lies in this folder.", "このフォルダーに写真はありません。"),
    "home.search_from": ("Search from {name}", "{name} で検索"),
    "sort.nearest": ("Nearest", "近い順"),
    "sort.farthest": ("Farthest", "遠い順"),
    "sort.newest": ("Newest", "新しい順"),
    "sort.oldest": ("Oldest", "古い順"),
    "sort.biggest": ("Biggest", "大きい順"),
    "sort.smallest": ("Smallest", "小さい順"),
    "sort.name": ("Name", "名前順"),
    "library.heading": ("Library", "ライブラリ"),
    "library.what": (
        "What sokkuri knows about your folders. Photos are read, never changed.",
        "フォルダーについて sokkuri が持つ情報です。写真は読み取るだけで、変更しません。",
    ),
    "library.refresh": ("Look for changes", "変更を確認"),
    "library.refreshing": ("Looking…", "確認中…"),
    "library.refreshed": ("{name} is up to date.", "{name} は最新です。"),
    "library.photos": ("Photos", "写真"),
    "library.files": ("Files seen", "調べたファイル"),
    "library.rejected": ("Not read", "読めないファイル"),
    "library.companions": ("Files beside photos", "写真に付随するファイル"),
    "library.size": ("Index size", "索引の容量"),
    "library.hashes": ("Hashes", "ハッシュ"),
    "library.hash": ("Hash", "ハッシュ"),
    "library.indexed": ("Photos indexed", "索引済みの写真"),
    "library.browse": ("Browse", "一覧を見る"),
    "library.rejected.title": (
        "{count} files could not be read",
        "読めなかったファイル {count} 件",
    ),
    "library.rejected.title.one": (
        "{count} file could not be read",
        "読めなかったファイル {count} 件",
    ),
    "library.name": ("Name", "名前"),
    "library.folder": ("Folder", "フォルダー"),
    "library.reason": ("Reason", "理由"),
    "library.more": ("Show {count} more", "さらに {count} 件を表示"),
    "library.none": ("No folder is open.", "開いているフォルダーがありません。"),
    "library.none.next": (
        "Start sokkuri with a folder: sokkuri ui PHOTOS",
        "フォルダーを指定して起動してください：sokkuri ui 写真フォルダー",
    ),
}
