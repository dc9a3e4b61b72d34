-- What the data doctor asks besides the snapshot.

-- name: doctor_contacts :scan
-- Customers with a contact person.
-- arg generation int
-- row customer_id id
SELECT DISTINCT o.customer_id FROM contact o JOIN import i ON i.id = o.import_id
WHERE {visible}
ORDER BY o.customer_id;

-- name: doctor_document :one
-- A document of a customer by day and total.
-- arg customer_id id
-- arg day day
-- arg total_minor money
-- arg generation int
-- row number text
SELECT d.number FROM document d JOIN import i ON i.id = d.import_id
WHERE d.customer_id = :customer_id AND d.day = :day AND d.total_minor = :total_minor AND {visible}
ORDER BY d.number LIMIT 1;

-- name: doctor_article :one
-- arg id int
-- row article text
SELECT article FROM product WHERE id = :id;
