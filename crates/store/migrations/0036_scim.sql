-- Whom a directory brought, and as what it knows them. Who they are stands in `person`.
CREATE TABLE scim_user (
  person TEXT NOT NULL PRIMARY KEY REFERENCES person (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name_key TEXT, -- personal: the directory's name for them as it is compared; none once it removed them
  external_id TEXT, -- personal
  resource TEXT NOT NULL, -- personal: what it said of them, of what is kept, as JSON
  is_active BIGINT, -- internal: what it said last; none where it took that back
  engagement TEXT, -- internal: the one that began by its word
  created_at BIGINT NOT NULL, -- internal
  changed_at BIGINT NOT NULL, -- internal
  removed_at BIGINT, -- internal
  UNIQUE (organisation, name_key)
);
CREATE INDEX scim_user_of_organisation ON scim_user (organisation, removed_at, person);
CREATE INDEX scim_user_by_external_id ON scim_user (organisation, external_id);

-- Groups as a directory has them. They grant nothing.
CREATE TABLE scim_group (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  external_id TEXT, -- internal
  created_at BIGINT NOT NULL, -- internal
  changed_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX scim_group_of_organisation ON scim_group (organisation, removed_at, id);

CREATE TABLE scim_member (
  scim_group TEXT NOT NULL REFERENCES scim_group (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  PRIMARY KEY (scim_group, person)
);
CREATE INDEX scim_member_of_person ON scim_member (organisation, person, scim_group);
