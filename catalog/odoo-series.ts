/**
 * Odoo series whose addons the manifests accept, oldest first. The sandbox runs the last one.
 * @see https://www.odoo.com/documentation/19.0/administration/supported_versions.html
 */
export const odooSeries = ["16.0", "17.0", "18.0", "19.0"] as const;
