"""Vocabulary of the made-up shop."""

SERVICES = (
    "checkout", "payments", "orders", "cart", "pricing", "inventory", "search", "identity", "shipping",
    "returns", "refunds", "invoices", "accounts", "loyalty", "vouchers", "reviews", "ratings", "wishlist",
    "advice", "notices", "ledgers", "suppliers", "warehouse", "forecast", "fraud", "taxes", "banners",
    "support", "reports", "gateway",
)  # fmt: skip
LIBRARIES = (
    "money", "clocks", "tracing", "config", "storage", "messages", "schemas", "retries", "caching", "metrics",
    "auth", "flags", "paging", "events", "webkit", "jobs", "locks", "crypto", "images", "geo",
    "currency", "audit", "limits", "batches", "exports", "imports", "feeds", "mailer", "sheets", "barcodes",
    "labels", "routes", "ranking", "text", "phones", "holidays", "ids", "graphs", "tables", "backoff",
)  # fmt: skip
PACKAGES = ("domain", "api", "storage", "jobs", "events", "adapters", "views", "rules")
MODULES = (
    "amounts", "baskets", "batches", "books", "bounds", "brands", "buckets", "carriers", "changes", "charges",
    "claims", "codes", "contacts", "counters", "credits", "cursors", "debts", "drafts", "entries", "errors",
    "factors", "fees", "fields", "filters", "grants", "groups", "hooks", "items", "journals", "keys",
    "levels", "lines", "lists", "mappers", "margins", "models", "notes", "offers", "pages", "parcels",
    "parsers", "parts", "periods", "plans", "points", "ports", "prices", "queries", "quotas", "rates",
    "readers", "records", "regions", "rounds", "routes", "samples", "scopes", "scores", "sessions", "shares",
    "shelves", "sizes", "slots", "sources", "states", "steps", "stocks", "stores", "tags", "terms",
    "tokens", "totals", "traces", "units", "values", "vendors", "visits", "weights", "windows", "writers",
)  # fmt: skip
VERBS = (
    "add", "apply", "balance", "bound", "cache", "check", "clear", "close", "collect", "compare", "count",
    "drop", "expire", "fetch", "fix", "fold", "group", "guard", "handle", "hide", "index", "join", "limit",
    "load", "lock", "log", "merge", "move", "order", "parse", "plan", "price", "read", "refuse", "release",
    "rename", "replace", "retry", "return", "round", "save", "send", "share", "simplify", "skip", "sort",
    "split", "store", "sum", "test", "trim", "type", "update", "use", "validate", "warn", "widen", "write",
)  # fmt: skip
#: Words of prose.
PROSE = (
    "the", "a", "of", "and", "when", "so", "that", "now", "before", "after", "each", "only", "still", "also",
    "customer", "order", "worker", "queue", "timeout", "row", "table", "branch", "request", "answer", "total",
    "night", "morning", "tenant", "retry", "failure", "window", "report", "number", "limit", "update", "page",
    "slow", "late", "wrong", "empty", "double", "old", "new", "safe", "clean", "large", "missing", "unused",
    "reads", "writes", "waits", "fails", "returns", "keeps", "drops", "moves", "counts", "holds", "breaks",
    "model", "agent", "naïve", "größer", "generated", "with", "by", "used", "in", "for", "from", "to",
)  # fmt: skip
#: Ordinary words and persons' names that are also those of tools. One word in 400 is one of them: more than
#: in any history but that of such a tool.
TRAPS = ("cursor", "copilot", "Jules", "AI", "Claude", "assisted", "gemini", "codex")
FIRST_NAMES = (
    "Ada", "Bram", "Cleo", "Dario", "Elif", "Femke", "Goran", "Hana", "Ines", "Jonas", "Kaja", "Lior",
    "Mirek", "Noor", "Otis", "Pia", "Quill", "Rosa", "Sven", "Tomé", "Uma", "Vera", "Wim", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Almgrove", "Birkwood", "Castellan", "Dunmere", "Eastfold", "Fennick", "Gravely", "Hollis", "Ironside",
    "Juniper", "Kestrel", "Larkspur", "Marchetti", "Nordwall", "Oakhurst", "Pemberly", "Quarrie", "Rivenhall",
)  # fmt: skip
