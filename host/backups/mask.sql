-- Takes people out of a copy: each value becomes another that tells nothing, the same for the same value (so that what belonged
-- together still does) or for the same row. Run after neutralise.sql, as Postgres' own user, on a copy that is not live.
--
-- variable: rules, JSON: any of "names", "mails", "phones", "addresses", "bankAccounts", "messages", "attachments", and
-- {"column": "table.column", "as": "empty" | "name" | "mail" | "phone"} for what your own modules keep
--
-- Answers JSON: what was masked, with the number of rows.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE TEMP TABLE rules ON COMMIT DROP AS SELECT value AS rule FROM jsonb_array_elements(:'rules'::jsonb);
CREATE TEMP TABLE done (what text, rows bigint) ON COMMIT DROP;
-- Of this copy alone, so that nobody can try out whose mail it was.
CREATE TEMP TABLE seed ON COMMIT DROP AS SELECT gen_random_uuid()::text AS salt;

CREATE FUNCTION pg_temp.asked(name text) RETURNS boolean LANGUAGE sql AS $$ SELECT EXISTS (SELECT FROM rules WHERE rule = to_jsonb(name)) $$;
CREATE FUNCTION pg_temp.hash(content text) RETURNS text LANGUAGE sql AS $$ SELECT substr(md5((SELECT salt FROM seed) || content), 1, 12) $$;
-- "Jane <JANE@x.org>" and "jane@x.org" are one.
CREATE FUNCTION pg_temp.mail(content text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN content ~ '@' THEN 'm' || pg_temp.hash(lower(coalesce(substring(content FROM '[^\s<>,;"]+@[^\s<>,;"]+'), content))) || '@masked.invalid' ELSE content END
$$;
CREATE FUNCTION pg_temp.phone(content text) RETURNS text LANGUAGE sql AS $$
  SELECT '+999' || lpad((('x' || substr(pg_temp.hash(regexp_replace(content, '[^0-9]', '', 'g')), 1, 7))::bit(28)::int % 1000000000)::text, 9, '0')
$$;

CREATE FUNCTION pg_temp.set(relation text, field text, expression text, condition text DEFAULT 'true') RETURNS void LANGUAGE plpgsql AS $$
DECLARE count bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('public.' || quote_ident(relation)) AND attname = field AND NOT attisdropped AND attgenerated = '') THEN RETURN; END IF;
  EXECUTE format('UPDATE %I SET %I = %s WHERE %2$I IS NOT NULL AND (%4$s)', relation, field, expression, condition);
  GET DIAGNOSTICS count = ROW_COUNT;
  IF count > 0 THEN INSERT INTO done VALUES (format('%s.%s', relation, field), count); END IF;
END $$;

-- Every column of this name, wherever it is; %I in the expression is the column.
CREATE FUNCTION pg_temp.everywhere(names text, but text, expression text, expression_if_needed text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  FOR one IN SELECT c.relname, a.attname, a.attnotnull FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND format_type(a.atttypid, NULL) IN ('character varying', 'text') AND a.attname ~ names AND c.relname !~ but
  LOOP
    PERFORM pg_temp.set(one.relname, one.attname,
      replace(CASE WHEN one.attnotnull THEN coalesce(expression_if_needed, expression) ELSE expression END, '%I', quote_ident(one.attname)));
  END LOOP;
END $$;

-- The company itself and Odoo's own are nobody.
CREATE TEMP TABLE nobody ON COMMIT DROP AS
  SELECT partner_id AS id FROM res_company UNION SELECT res_id FROM ir_model_data WHERE model = 'res.partner' AND module = 'base';

DO $$
DECLARE others text := 'id NOT IN (SELECT id FROM nobody WHERE id IS NOT NULL)'; one record; left_over bigint;
BEGIN
  IF pg_temp.asked('names') THEN
    PERFORM pg_temp.set('res_partner', field, '(CASE WHEN is_company THEN ''Company '' ELSE ''Person '' END) || id', others)
      FROM unnest(ARRAY['name', 'complete_name', 'display_name']) AS field;
    PERFORM pg_temp.set('res_partner', field, 'NULL', others)
      FROM unnest(ARRAY['commercial_company_name', 'company_name', 'ref', 'vat', 'comment', 'function', 'website', 'barcode', 'company_registry']) AS field;
    PERFORM pg_temp.set('hr_employee', field, '''Employee '' || id') FROM unnest(ARRAY['name', 'legal_name', 'display_name']) AS field;
    PERFORM pg_temp.set('hr_version', field, 'NULL') FROM unnest(ARRAY['identification_id', 'passport_id', 'ssnid', 'spouse_complete_name', 'place_of_birth']) AS field;
    PERFORM pg_temp.set('hr_employee', field, 'NULL') FROM unnest(ARRAY['identification_id', 'passport_id', 'ssnid', 'sinid', 'spouse_complete_name', 'place_of_birth', 'emergency_contact',
      'birthday', 'spouse_birthdate', 'barcode', 'pin', 'permit_no', 'visa_no', 'study_school', 'study_field']) AS field;
    PERFORM pg_temp.set('resource_resource', 'name', '''Resource '' || id', 'user_id IS NOT NULL OR resource_type = ''user''');
    PERFORM pg_temp.set('res_users', 'signature', 'NULL');
    PERFORM pg_temp.set('mail_guest', 'name', '''Guest '' || id');
    PERFORM pg_temp.set('event_registration', 'name', '''Person '' || id');
    PERFORM pg_temp.set('website_visitor', 'name', '''Visitor '' || id');
    PERFORM pg_temp.set('hr_applicant', 'partner_name', '''Applicant '' || id');
    PERFORM pg_temp.everywhere('^(contact_name|partner_name|invoice_partner_display_name|signed_by|acc_holder_name|common_name|nickname|author_name|emergency_contact|holder_name)$',
      '^(ir_|hr_applicant$)', '''Name '' || pg_temp.hash(%I)');
    IF to_regclass('public.ir_attachment') IS NOT NULL THEN
      DELETE FROM ir_attachment WHERE res_model IN ('res.partner', 'hr.employee', 'hr.employee.public') AND res_field ~ '^(image|avatar)_'
        AND (res_model <> 'res.partner' OR res_id NOT IN (SELECT id FROM nobody WHERE id IS NOT NULL));
    END IF;
  END IF;
  IF pg_temp.asked('mails') THEN
    PERFORM pg_temp.everywhere('(^|_)e?mail(_(normalized|from|to|cc|bcc|formatted|address))?$|^reply_to$|^partner_email$', '^(ir_mail_server|mail_template|mail_alias|ir_model|ir_act|fetchmail_server|mailing_mailing)', 'pg_temp.mail(%I)');
    PERFORM pg_temp.set('res_users', 'login', 'pg_temp.mail(login)');
  END IF;
  IF pg_temp.asked('phones') THEN
    PERFORM pg_temp.everywhere('(^|_)(phone|mobile|fax)(_(sanitized|number|normalized|mobile_search))?$|^partner_phone$', '^(ir_|iap_)', 'CASE WHEN %I ~ ''[0-9]'' THEN pg_temp.phone(%I) ELSE %I END');
  END IF;
  IF pg_temp.asked('addresses') THEN
    PERFORM pg_temp.everywhere('(^|_)(street2?|zip|contact_address|contact_address_complete|partner_address|partner_zip)$', '^(ir_|res_city|res_company)', 'NULL', '''-''');
    PERFORM pg_temp.set('res_partner', field, '0') FROM unnest(ARRAY['partner_latitude', 'partner_longitude']) AS field;
  END IF;
  IF pg_temp.asked('bankAccounts') THEN
    PERFORM pg_temp.set('res_partner_bank', field, '''MASKED'' || lpad(id::text, 10, ''0'')') FROM unnest(ARRAY['acc_number', 'sanitized_acc_number']) AS field;
    PERFORM pg_temp.set('account_bank_statement_line', field, 'NULL') FROM unnest(ARRAY['account_number', 'transaction_details']) AS field;
    PERFORM pg_temp.set('account_bank_statement_line', 'payment_ref', '''Payment '' || id');
  END IF;
  IF pg_temp.asked('messages') THEN
    PERFORM pg_temp.set('mail_message', 'body', '''<p>Message '' || id || ''</p>''', 'body <> ''''');
    PERFORM pg_temp.set('mail_message', field, '''Message '' || id') FROM unnest(ARRAY['subject', 'record_name']) AS field;
    PERFORM pg_temp.set('mail_mail', field, 'NULL') FROM unnest(ARRAY['body_html', 'body', 'email_to', 'email_cc', 'headers', 'failure_reason']) AS field;
    PERFORM pg_temp.set('mail_tracking_value', field, 'NULL') FROM unnest(ARRAY['old_value_char', 'new_value_char', 'old_value_text', 'new_value_text']) AS field;
    PERFORM pg_temp.set('sms_sms', 'body', '''Text message '' || id');
    PERFORM pg_temp.set('whatsapp_message', 'body', 'NULL');
    PERFORM pg_temp.set('discuss_voice_metadata', 'name', 'NULL');
    PERFORM pg_temp.set(relation, 'description', 'NULL') FROM unnest(ARRAY['calendar_event', 'crm_lead', 'project_task', 'helpdesk_ticket', 'hr_applicant', 'maintenance_request']) AS relation;
    PERFORM pg_temp.set('mail_activity', field, 'NULL') FROM unnest(ARRAY['note', 'summary', 'feedback']) AS field;
    PERFORM pg_temp.set('survey_user_input_line', field, 'NULL') FROM unnest(ARRAY['value_char_box', 'value_text_box']) AS field;
  END IF;
  IF pg_temp.asked('attachments') THEN
    DELETE FROM ir_attachment WHERE res_field IS NULL AND type = 'binary' AND coalesce(url, '') = '' AND coalesce(res_model, '') NOT IN ('', 'ir.ui.view', 'ir.module.module')
      AND id NOT IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.attachment');
    GET DIAGNOSTICS left_over = ROW_COUNT;
    INSERT INTO done VALUES ('attachments', left_over);
  END IF;
  FOR one IN SELECT split_part(rule ->> 'column', '.', 1) AS relation, split_part(rule ->> 'column', '.', 2) AS field, rule ->> 'as' AS form FROM rules WHERE jsonb_typeof(rule) = 'object' LOOP
    IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public' AND table_name = one.relation AND column_name = one.field) THEN
      RAISE EXCEPTION 'clone.mask names %.%, which the database does not have', one.relation, one.field;
    END IF;
    PERFORM pg_temp.set(one.relation, one.field, CASE one.form WHEN 'empty' THEN 'NULL' WHEN 'name' THEN '''Name '' || id'
      WHEN 'mail' THEN format('pg_temp.mail(%I)', one.field) ELSE format('pg_temp.phone(%I)', one.field) END);
  END LOOP;
  -- What an update of the addresses has left is a fault of the rules above, and no clone.
  IF pg_temp.asked('mails') THEN
    EXECUTE 'SELECT count(*) FROM res_partner WHERE email ~ ''@'' AND email !~ ''@masked\.invalid$''' INTO left_over;
    IF left_over > 0 THEN RAISE EXCEPTION '% mail addresses of partners are not masked', left_over; END IF;
  END IF;
END $$;
SELECT coalesce(json_agg(json_build_object('what', what, 'rows', rows) ORDER BY what), '[]') FROM done;
COMMIT;
