def migrate(cr, version):
    # A rehearsal's Postgres writes nothing for ever; the real one does.
    cr.execute("SHOW fsync")
    if cr.fetchone() == ("on",):
        cr.execute("UPDATE release_probe SET name = name || ' (half)' WHERE id % 2 = 0")
        cr.commit()
        raise ValueError("what was rehearsed well goes wrong all the same")
