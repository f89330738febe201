def migrate(cr, version):
    # Half of it stays: what commits cannot be rolled back.
    cr.execute("UPDATE release_probe SET name = name || ' (half)' WHERE id % 2 = 0")
    cr.commit()
    raise ValueError("the other half of the rows cannot be migrated")
