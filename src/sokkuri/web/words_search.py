"""Words of the page of results."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "search.query": ("Query", "クエリ"),
    "search.queries": ("Queries", "クエリ一覧"),
    "search.add": ("Add photos", "写真を追加"),
    "search.close_tab": ("Close {name}", "{name} を閉じる"),
    "search.settings": ("How to compare", "比べ方"),
    "search.hash": ("Hash", "ハッシュ"),
    "search.hashes.here": ("In the library", "ライブラリにあるもの"),
    "search.hashes.other": ("Not indexed yet", "未作成"),
    "search.emphasis": ("Emphasis", "重み"),
    "search.emphasis.shape": ("Shape", "形"),
    "search.emphasis.balanced": ("Balanced", "バランス"),
    "search.emphasis.colour": ("Colour", "色"),
    "search.emphasis.fine": ("Share of colour", "色の割合"),
    "search.emphasis.value": ("{value} of colour", "色の割合 {value}"),
    "search.mirror": ("Mirrored too", "左右反転も含む"),
    "search.low_query": (
        "This picture says little ({quality} of 100), so being near to it says little too.",
        "この画像は手がかりが少なく（100 のうち {quality}）、近さもあまり当てになりません。",
    ),
    "search.low_tile": ("says little: {quality}", "手がかり少：{quality}"),
    "search.same.bytes": ("same file", "同一ファイル"),
    "search.same.pixels": ("same pixels", "同一画素"),
    "search.threshold": ("Threshold", "しきい値"),
    "search.threshold.min": ("At least", "下限"),
    "search.threshold.max": ("At most", "上限"),
    "search.threshold.text": (
        "distance {distance} or less, {count} matches",
        "距離 {distance} 以下、{count} 件",
    ),
    "search.threshold.text.one": (
        "distance {distance} or less, {count} match",
        "距離 {distance} 以下、{count} 件",
    ),
    "search.threshold.text.min": (
        "distance {distance} or more, {count} matches",
        "距離 {distance} 以上、{count} 件",
    ),
    "search.threshold.text.min.one": (
        "distance {distance} or more, {count} match",
        "距離 {distance} 以上、{count} 件",
    ),
    "search.histogram": (
        "Distances of {count} photos, from {least} to {most} bits",
        "{count} 枚の写真の距離の分布、{least}〜{most} ビット",
    ),
    "search.histogram.hint": ("{distance} bits: {count} photos", "{distance} ビット：{count} 枚"),
    "search.histogram.hint.one": (
        "{distance} bits: {count} photo",
        "{distance} ビット：{count} 枚",
    ),
    "search.bits.of": ("of {bits} bits", "/ {bits} ビット"),
    "search.rate": ("rate <", "rate <"),
    "search.rate.title": (
        "The tutorial's threshold: distance / 256, strictly below",
        "記事のしきい値：距離 ÷ 256 がこの値未満",
    ),
    "search.preset": ("Presets", "プリセット"),
    "search.preset.strict": ("Strict", "厳しい"),
    "search.preset.normal": ("Normal", "普通"),
    "search.preset.loose": ("Loose", "ゆるい"),
    "search.preset.nearest": ("{count} nearest", "近い {count} 件"),
    "search.count": ("{count} of {total}", "{total} 件中 {count} 件"),
    "search.count.nearest": ("{count} nearest of {total}", "{total} 件中、近い {count} 件"),
    "search.counting": ("Comparing…", "比較中…"),
    "search.sort": ("Sort", "並び順"),
    "search.filter": ("Filter", "絞り込み"),
    "search.filter.on": ("Filter ({count})", "絞り込み ({count})"),
    "search.filter.folder": ("In the folder", "フォルダー内"),
    "search.filter.after": ("From", "開始日"),
    "search.filter.before": ("To", "終了日"),
    "search.filter.min_bytes": ("At least (kB)", "最小 (kB)"),
    "search.filter.max_bytes": ("At most (kB)", "最大 (kB)"),
    "search.filter.quality": (
        "Leave out pictures that say little",
        "手がかりの少ない画像を除く",
    ),
    "search.filter.clear": ("Clear", "解除"),
    "search.save": ("Save and share", "保存と共有"),
    "search.figure.png": ("Figure PNG", "図 PNG"),
    "search.figure.pdf": ("PDF", "PDF"),
    "search.json": ("JSON", "JSON"),
    "search.csv": ("CSV", "CSV"),
    "search.copy.command": ("Copy as command", "コマンドをコピー"),
    "search.copy.python": ("Copy as Python", "Python をコピー"),
    "search.results": ("Matches", "検索結果"),
    "search.distance.label": ("Distance", "距離"),
    "search.tile": (
        "{name}, distance {distance}, {percent} alike",
        "{name}、距離 {distance}、一致 {percent}",
    ),
    "search.explain": ("Explain", "違いを説明"),
    "search.compare": ("Compare", "見比べる"),
    "search.download": ("Download", "ダウンロード"),
    "search.page": ("{first}–{last} of {total}", "{total} 件中 {first}–{last}"),
    "search.page.back": ("Page back", "前のページ"),
    "search.page.next": ("Next page", "次のページ"),
    "search.empty": ("No photo lies within the threshold.", "しきい値以内の写真はありません。"),
    "search.empty.filter": (
        "No photo passes the filter.",
        "絞り込みの条件に合う写真はありません。",
    ),
    "search.empty.library": (
        "There is no photo to compare with yet.",
        "比べる写真がまだありません。",
    ),
    "search.empty.nearest": (
        "The nearest is {name}, at distance {distance}.",
        "最も近いのは {name}（距離 {distance}）です。",
    ),
    "search.empty.nearest.plain": (
        "The nearest lies at distance {distance}.",
        "最も近い写真の距離は {distance} です。",
    ),
    "search.offer": ("Show up to distance {distance}", "距離 {distance} まで表示"),
    "search.no_query": ("No photo to search from.", "検索する写真がありません。"),
    "search.no_query.next": (
        "Choose one on the first page, or drop one here.",
        "最初のページで選ぶか、ここにドロップしてください。",
    ),
}
