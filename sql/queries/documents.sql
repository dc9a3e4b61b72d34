-- Purchase documents as the column index reads them.

-- name: document_scan :scan
-- All versions; those of one document stand together.
-- row customer_id id
-- row source_id ordinal
-- row number text
-- row import_id ordinal
-- row day day
-- row total_minor money
-- row line_count int
-- row content_hash int
-- row lines lines
SELECT customer_id, source_id, number, import_id, day, total_minor, line_count, content_hash, {lines_columns}
FROM document
ORDER BY customer_id, source_id, number, import_id;
