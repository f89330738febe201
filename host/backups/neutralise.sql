-- What Odoo's own neutralisation leaves of a copy that must reach nobody and hold nobody's keys (odoo/odoo#284960: servers are
-- switched off, but their passwords stay). Run as Postgres' own user on a copy that is not live, after Odoo's. It can be run again.
--
-- variables: catcher, port, url, admin (hash of the administrator's password), keep_passwords (true/false), columns (expression
-- for the names of columns that hold credentials), spared (expression for TABLE.COLUMN that the pass below leaves alone)
--
-- Answers JSON: what was done, with the number of rows.
\set ON_ERROR_STOP on
\set QUIET on
-- Where a statement fails, its text is nobody's: it holds the hash.
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;

CREATE TEMP TABLE done (position serial, what text, rows bigint) ON COMMIT DROP;

CREATE FUNCTION pg_temp.there(relation text, field text DEFAULT NULL) RETURNS boolean LANGUAGE sql AS $$
  SELECT to_regclass('public.' || quote_ident(relation)) IS NOT NULL AND (field IS NULL OR EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = to_regclass('public.' || quote_ident(relation)) AND attname = field AND NOT attisdropped))
$$;

-- run(WHAT, TABLE, STATEMENT): where there is such a table.
CREATE FUNCTION pg_temp.run(what text, relation text, statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE count bigint;
BEGIN
  IF NOT pg_temp.there(relation) THEN RETURN; END IF;
  EXECUTE statement;
  GET DIAGNOSTICS count = ROW_COUNT;
  INSERT INTO done (what, rows) VALUES (what, count);
END $$;

-- put(WHAT, TABLE, {"column": "expression"}, CONDITION): those of the columns that are there, in rows where one differs.
CREATE FUNCTION pg_temp.put(what text, relation text, wanted jsonb, condition text DEFAULT 'true') RETURNS void LANGUAGE plpgsql AS $$
DECLARE sets text; differs text;
BEGIN
  SELECT string_agg(format('%I = %s', key, value), ', '), string_agg(format('%I IS DISTINCT FROM (%s)', key, value), ' OR ')
    INTO sets, differs FROM jsonb_each_text(wanted) WHERE pg_temp.there(relation, key);
  IF sets IS NULL THEN RETURN; END IF;
  PERFORM pg_temp.run(what, relation, format('UPDATE %I SET %s WHERE (%s) AND (%s)', relation, sets, condition, differs));
END $$;

CREATE FUNCTION pg_temp.parameter(name text, content text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ir_config_parameter (key, value, create_date, write_date) VALUES (name, content, now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc')
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date
$$;

-- Outgoing mail: all servers are the catcher, so that whatever names one of them reaches it too. One is active.
SELECT pg_temp.run('outgoing mail servers of Odoo''s neutralisation', 'ir_mail_server',
  'DELETE FROM ir_mail_server WHERE name IN (''neutralization - disable emails'', ''mail catcher'')');
SELECT pg_temp.put('outgoing mail servers', 'ir_mail_server', jsonb_build_object(
  'active', 'false', 'smtp_host', quote_literal(:'catcher'), 'smtp_port', :'port'::text, 'smtp_encryption', '''none''', 'smtp_authentication', '''login''',
  'smtp_user', 'NULL', 'smtp_pass', 'NULL', 'smtp_ssl_certificate', 'NULL', 'smtp_ssl_private_key', 'NULL', 'from_filter', 'NULL', 'smtp_debug', 'false'));
SELECT pg_temp.run('the catcher as mail server', 'ir_mail_server', format('INSERT INTO ir_mail_server
  (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active, sequence) VALUES (''mail catcher'', %L, %s, ''none'', ''login'', true, 0)', :'catcher', :'port'));
SELECT pg_temp.put('mail templates'' servers', 'mail_template', '{"mail_server_id": "NULL"}');

-- Incoming mail.
SELECT pg_temp.put('incoming mail servers', 'fetchmail_server', jsonb_build_object(
  'active', 'false', 'state', '''draft''', 'server', 'NULL', 'port', '0', 'user', 'NULL', 'password', 'NULL', 'configuration', 'NULL', 'script', 'NULL'));

-- What waits to be sent is not sent: it was meant for people, by production.
SELECT pg_temp.put('waiting mail', 'mail_mail', '{"state": "''cancel''", "mail_server_id": "NULL"}', 'state IN (''outgoing'', ''exception'')');
SELECT pg_temp.put('waiting text messages', 'sms_sms', '{"state": "''canceled''"}', 'state IN (''outgoing'', ''pending'', ''process'')');
SELECT pg_temp.put('waiting letters', 'snailmail_letter', '{"state": "''canceled''"}', 'state IN (''pending'', ''error'')');
SELECT pg_temp.put('waiting WhatsApp messages', 'whatsapp_message', '{"state": "''cancel''"}', 'state = ''outgoing''');
SELECT pg_temp.put('mailings', 'mailing_mailing', '{"state": "''draft''", "schedule_date": "NULL"}', 'state IN (''in_queue'', ''sending'')');
SELECT pg_temp.put('campaigns', 'marketing_campaign', '{"state": "''stopped''"}', 'state = ''running''');
SELECT pg_temp.run('scheduled messages', 'mail_scheduled_message', 'DELETE FROM mail_scheduled_message');
SELECT pg_temp.put('queued jobs', 'queue_job', '{"state": "''cancelled''", "date_cancelled": "now() AT TIME ZONE ''utc''"}',
  'state IN (''wait_dependencies'', ''pending'', ''enqueued'', ''started'')');

-- Scheduled actions: the copy tidies itself up and sends its mail, to the catcher; all else rests until somebody wants it.
SELECT pg_temp.run('scheduled actions', 'ir_cron', 'UPDATE ir_cron SET active = false WHERE active AND id NOT IN (SELECT res_id FROM ir_model_data
  WHERE model = ''ir.cron'' AND (module, name) IN ((''base'', ''autovacuum_job''), (''mail'', ''ir_cron_mail_scheduler_action'')))');
SELECT pg_temp.run('triggers of scheduled actions', 'ir_cron_trigger', 'DELETE FROM ir_cron_trigger');

-- Money. Of a provider every text that is not one of Odoo's own goes, whatever it is called.
SELECT pg_temp.put('payment providers', 'payment_provider', (SELECT jsonb_object_agg(column_name, 'NULL') || '{"state": "''disabled''", "is_published": "false"}'
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'payment_provider' AND is_nullable = 'YES'
    AND data_type IN ('character varying', 'text', 'bytea') AND column_name NOT IN ('code', 'state', 'custom_mode', 'color', 'display_as', 'so_reference_type')));
SELECT pg_temp.put('payment tokens', 'payment_token', '{"active": "false", "provider_ref": "''neutralised-'' || id"}');

-- Other people's services: who logs in there, and what they call.
SELECT pg_temp.put('OAuth providers', 'auth_oauth_provider', '{"enabled": "false", "client_id": "NULL", "client_secret": "NULL"}');
SELECT pg_temp.put('LDAP servers', 'res_company_ldap', '{"ldap_server": "''127.0.0.1''", "ldap_binddn": "NULL", "ldap_password": "NULL"}');
SELECT pg_temp.put('SAML providers', 'auth_saml_provider', '{"active": "false"}');
SELECT pg_temp.put('IAP accounts', 'iap_account', '{"account_token": "''neutralised-'' || id"}');
SELECT pg_temp.put('webhooks that are called', 'ir_act_server', '{"webhook_url": "''http://webhook.invalid/''"}', 'webhook_url IS NOT NULL');
SELECT pg_temp.put('webhooks that call', 'base_automation', '{"webhook_uuid": "gen_random_uuid()::text", "url": "NULL"}', 'webhook_uuid IS NOT NULL');
SELECT pg_temp.put('calendars', 'res_users_settings', '{"google_synchronization_stopped": "true", "microsoft_synchronization_stopped": "true",
  "microsoft_last_sync_date": "NULL", "google_calendar_cal_id": "NULL", "google_calendar_token_validity": "NULL"}');
SELECT pg_temp.put('calendars', 'res_users', '{"google_calendar_account_id": "NULL", "microsoft_calendar_account_id": "NULL"}');
SELECT pg_temp.put('delivery carriers', 'delivery_carrier', '{"prod_environment": "false"}');
SELECT pg_temp.put('websites', 'website', '{"domain": "NULL", "google_analytics_key": "NULL", "google_search_console": "NULL", "plausible_site": "NULL",
  "plausible_shared_key": "NULL", "cdn_activated": "false", "robots_txt": "E''User-agent: *\\nDisallow: /''"}');
SELECT pg_temp.put('certificates'' keys', 'certificate_key', '{"content": "NULL", "pem_key": "NULL", "password": "NULL"}');
SELECT pg_temp.put('certificates', 'certificate_certificate', '{"content": "NULL", "pkcs12_password": "NULL"}');

-- Who may come in: no key, no second factor and no device of production's opens the copy, nor the other way round.
SELECT pg_temp.run('API keys', 'res_users_apikeys', 'DELETE FROM res_users_apikeys');
SELECT pg_temp.run('API keys', 'auth_api_key', 'DELETE FROM auth_api_key');
SELECT pg_temp.run('trusted devices', 'auth_totp_device', 'DELETE FROM auth_totp_device');
SELECT pg_temp.run('passkeys', 'auth_passkey_key', 'DELETE FROM auth_passkey_key');
SELECT pg_temp.put('second factors', 'res_users', '{"totp_secret": "NULL", "totp_last_counter": "NULL", "signup_token": "NULL", "oauth_access_token": "NULL"}');
SELECT pg_temp.put('passwords', 'res_users', '{"password": "NULL"}', format('NOT %L::boolean AND id NOT IN (SELECT res_id FROM ir_model_data
  WHERE model = ''res.users'' AND module = ''base'' AND name = ''user_admin'')', :'keep_passwords'));
SELECT pg_temp.run('the administrator''s password', 'res_users', format('UPDATE res_users SET password = %L, active = true,
  login = CASE WHEN EXISTS (SELECT FROM res_users WHERE login = ''admin'') THEN login ELSE ''admin'' END
  WHERE id IN (SELECT res_id FROM ir_model_data WHERE model = ''res.users'' AND module = ''base'' AND name = ''user_admin'')', :'admin'));

-- Push messages, and what a database of its own has of itself.
SELECT pg_temp.run('push messages', 'mail_push', 'DELETE FROM mail_push');
SELECT pg_temp.run('push devices', 'mail_push_device', 'DELETE FROM mail_push_device');
SELECT pg_temp.run('messages on the bus', 'bus_bus', 'DELETE FROM bus_bus');
SELECT pg_temp.run('log lines', 'ir_logging', 'DELETE FROM ir_logging');
SELECT pg_temp.run('parameters that hold keys', 'ir_config_parameter', format('DELETE FROM ir_config_parameter WHERE key ~* %L AND key !~ %L',
  '(secret|passw|token|credential|api_?key|private_?key|_key$|[._]client_id$|account_sid|enterprise_code|openai|vapid|webhook|cloud_storage)',
  '^(database\.secret|odoo_platform\..*|auth_password_policy\..*|auth_signup\.reset_password|mail\.use_twilio_rtc_servers)$'));
SELECT pg_temp.parameter('database.uuid', gen_random_uuid()::text), pg_temp.parameter('database.secret', gen_random_uuid()::text || gen_random_uuid()::text),
  pg_temp.parameter('database.is_neutralized', 'True'), pg_temp.parameter('web.base.url', :'url'), pg_temp.parameter('web.base.url.freeze', 'True'),
  pg_temp.parameter('iap.endpoint', 'http://iap.invalid') \gset unused_
DELETE FROM ir_config_parameter WHERE key IN ('report.url', 'ocn.uuid', 'database.expiration_date', 'database.expiration_reason');
INSERT INTO done (what, rows) VALUES ('the database''s own identity and address', 6);

-- Whatever else is called like a credential, in any table of any module.
SELECT set_config('clone.columns', :'columns', true), set_config('clone.spared', :'spared', true) \gset unused_
DO $$
DECLARE one record; empty text; count bigint; key text;
BEGIN
  FOR one IN
    SELECT c.relname, a.attname, a.attnotnull, format_type(a.atttypid, NULL) AS type, EXISTS (
        SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND NOT i.attisdropped) AS numbered
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND format_type(a.atttypid, NULL) IN ('character varying', 'character', 'text', 'bytea', 'json', 'jsonb')
      AND a.attname ~ current_setting('clone.columns') AND c.relname || '.' || a.attname !~ current_setting('clone.spared')
    ORDER BY 1, 2
  LOOP
    key := CASE WHEN one.numbered THEN 'id::text' ELSE 'md5(ctid::text)' END;
    empty := CASE WHEN NOT one.attnotnull THEN 'NULL' WHEN one.type = 'bytea' THEN '''''::bytea'
      WHEN one.type LIKE 'json%' THEN format('''{}''::%s', one.type) ELSE '''neutralised-'' || ' || key END;
    EXECUTE format('UPDATE %I SET %I = %s WHERE %2$I IS NOT NULL AND %2$I IS DISTINCT FROM %3$s', one.relname, one.attname, empty);
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count > 0 THEN INSERT INTO done (what, rows) VALUES (format('%s.%s', one.relname, one.attname), count); END IF;
  END LOOP;
END $$;

-- What Postgres itself keeps: other people who may log in, and ways to other servers.
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT rolname FROM pg_authid WHERE rolname !~ '^pg_' AND rolname NOT IN ('postgres', 'odoo') LOOP
    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', one.rolname);
    INSERT INTO done (what, rows) VALUES (format('Postgres'' user %s', one.rolname), 1);
  END LOOP;
  FOR one IN SELECT srvname, CASE WHEN umuser = 0 THEN 'PUBLIC' ELSE quote_ident(usename) END AS who FROM pg_user_mappings LOOP
    EXECUTE format('DROP USER MAPPING FOR %s SERVER %I', one.who, one.srvname);
    INSERT INTO done (what, rows) VALUES ('ways to other servers', 1);
  END LOOP;
  FOR one IN SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) LOOP
    EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', one.subname);
    EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', one.subname);
    EXECUTE format('DROP SUBSCRIPTION %I', one.subname);
    INSERT INTO done (what, rows) VALUES ('subscriptions', 1);
  END LOOP;
END $$;
SELECT json_agg(json_build_object('what', what, 'rows', rows) ORDER BY position) FROM (
  SELECT what, sum(rows) AS rows, min(position) AS position FROM done GROUP BY what) AS summed;
COMMIT;
