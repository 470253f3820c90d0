"""HTML that the try-out page and the public pages share; everything that people wrote is escaped.

- `environment(folder)` is a Jinja environment with templates of one's own: autoescape, StrictUndefined, and the
  filters below. In templates `{{ text | words(reader) }}` shows a `Text`, `{{ card | blocks(reader) }}` a card's body;
  `mark()` and `avatar(id, name)` can be called.
- `Reader(language, zone, now)` is who reads. `words(text, reader)` is a text as HTML: links lead to http and https
  only, with `rel="nofollow noopener ugc"`; moments are `<time datetime>`; people are names.
- `blocks(card, reader)` is a card's blocks as HTML, without title, buttons and footer: those are the caller's to place.
- `mark()` is the mark as inline SVG, `mark_file()` as a file of its own (favicon).
- `avatar(id, name)` is a round with somebody's initials on a quiet colour of their own.
- `TOKENS` is the style sheet of look.md's tokens (`static/tokens.css`): colours, type, space, light and dark, and the
  few classes that the above uses. Put it first in one's own sheet.
- `security_headers(…)` is what every page is sent with. Styles in an attribute are never allowed: use classes.
"""

from adapters.html.cards import blocks
from adapters.html.environment import STATIC, TOKENS, environment
from adapters.html.headers import security_headers, sha256_source
from adapters.html.mark import mark, mark_file
from adapters.html.people import avatar, initials
from adapters.html.text import ANYBODY, Reader, clean, safe_url, words

__all__ = [
    "ANYBODY",
    "STATIC",
    "TOKENS",
    "Reader",
    "avatar",
    "blocks",
    "clean",
    "environment",
    "initials",
    "mark",
    "mark_file",
    "safe_url",
    "security_headers",
    "sha256_source",
    "words",
]
