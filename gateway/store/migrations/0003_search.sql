-- oldest-code: 3

-- What is found by words. `id` grows with the time of the entry; contacts are below 0.
CREATE TABLE search_rows (
    id INTEGER NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    tails TEXT NOT NULL
);

-- SQLite's own: another database has another index over `search_rows`.
CREATE VIRTUAL TABLE search_words USING fts5 (
    words, tails, kind,
    content = 'search_rows', content_rowid = 'id', columnsize = 0, detail = column,
    prefix = '4 5 6', tokenize = 'unicode61 remove_diacritics 0'
);
