{
    "name": "Release probe",
    "summary": "Tells which release answers; for tests of releases",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Odoo platform",
    "license": "LGPL-3",
    "depends": ["base", "web"],
    "data": ["security/ir.model.access.csv"],
}
