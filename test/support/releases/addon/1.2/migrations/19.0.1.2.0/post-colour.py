def migrate(cr, version):
    cr.execute("UPDATE release_probe SET colour = 'white' WHERE colour IS NULL")
