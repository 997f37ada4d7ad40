# METADATA
# title: The schema of the document
# description: Whether a document is as the schema wants it.
package migrateiq.lib.schema

agrees(document) := json.match_schema(document, data.migrateiq.schema.input)[0]
