def migrate(cr, version):
    cr.execute("ALTER TABLE release_probe ADD COLUMN IF NOT EXISTS size integer")
    cr.execute("UPDATE release_probe SET size = length(name)")
