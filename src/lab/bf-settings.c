/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The table below and data/io.github.backflow.Backflow.gschema.xml say the same (a test compares
 * them): GSettings would end the program at a schema that is not there, this goes on without.
 */
#include "bf-settings.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define SCHEMA     "io.github.backflow.Backflow"
#define ROOT       "/io/github/backflow/Backflow/"
#define MOST_FILES 10   /* in the list of recent ones */

typedef struct
{
  const char *name;
  GType type;               /* of the property; G_TYPE_INVALID: a list of strings */
  int minimum, maximum, fallback;
  const char *fallback_text;
} Setting;

enum { RECENT = 1 };

static const Setting settings[] = {
  { NULL },
  [RECENT] = { "recent-files", G_TYPE_INVALID },
  { "examinations", G_TYPE_STRING, .fallback_text = "" },
  { "figure-format", G_TYPE_STRING, .fallback_text = "png" },
  { "figure-resolution", G_TYPE_INT, 48, 600, 200 },
  { "figure-size", G_TYPE_STRING, .fallback_text = "own" },
  { "figure-style", G_TYPE_STRING, .fallback_text = "light" },
  { "figure-text-size", G_TYPE_INT, 60, 250, 100 },
  { "last-folder", G_TYPE_STRING, .fallback_text = "" },
  { "left-width", G_TYPE_INT, 200, 4000, 280 },
  { "loss-axis", G_TYPE_STRING, .fallback_text = "automatic" },
  { "notebook-folder", G_TYPE_STRING, .fallback_text = "" },
  { "right-width", G_TYPE_INT, 200, 4000, 312 },
  { "subnormals", G_TYPE_BOOLEAN, 0, 1, 0 },
  { "threads", G_TYPE_INT, 0, 256, 0 },
  { "thresholds", G_TYPE_STRING, .fallback_text = "" },
  { "welcomed", G_TYPE_BOOLEAN, 0, 1, 0 },
  { "window-height", G_TYPE_INT, 560, 16384, 900 },
  { "window-maximized", G_TYPE_BOOLEAN, 0, 1, 0 },
  { "window-width", G_TYPE_INT, 720, 16384, 1440 },
};

struct _BfSettings
{
  GObject parent_instance;

  GSettings *store;   /* NULL: nothing is kept */
  GValue values[G_N_ELEMENTS (settings)];
};

static GParamSpec *specs[G_N_ELEMENTS (settings)];

G_DEFINE_FINAL_TYPE (BfSettings, bf_settings, G_TYPE_OBJECT)

static void
bf_settings_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_copy (&BF_SETTINGS (object)->values[id], value);
}

static gboolean
values_differ (guint id, const GValue *a, const GValue *b)
{
  if (id == RECENT)
    {
      const char *const *one = g_value_get_boxed (a), *const *other = g_value_get_boxed (b);

      return !one || !other ? one != other : !g_strv_equal (one, other);
    }
  return g_param_values_cmp (specs[id], a, b) != 0;
}

static void
bf_settings_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  BfSettings *self = BF_SETTINGS (object);

  if (!values_differ (id, &self->values[id], value))
    return;
  g_value_copy (value, &self->values[id]);
  g_object_notify_by_pspec (object, spec);
}

static void
bf_settings_finalize (GObject *object)
{
  BfSettings *self = BF_SETTINGS (object);

  g_clear_object (&self->store);
  for (guint i = 1; i < G_N_ELEMENTS (settings); i++)
    g_value_unset (&self->values[i]);
  G_OBJECT_CLASS (bf_settings_parent_class)->finalize (object);
}

static GParamSpec *
make_spec (const Setting *setting)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  if (setting->type == G_TYPE_INT)
    return g_param_spec_int (setting->name, NULL, NULL, setting->minimum, setting->maximum, setting->fallback, flags);
  if (setting->type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (setting->name, NULL, NULL, setting->fallback, flags);
  if (setting->type == G_TYPE_STRING)
    return g_param_spec_string (setting->name, NULL, NULL, setting->fallback_text, flags);
  return g_param_spec_boxed (setting->name, NULL, NULL, G_TYPE_STRV, flags);
}

static void
bf_settings_class_init (BfSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bf_settings_get_property;
  object_class->set_property = bf_settings_set_property;
  object_class->finalize = bf_settings_finalize;
  for (guint i = 1; i < G_N_ELEMENTS (settings); i++)
    specs[i] = make_spec (&settings[i]);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (settings), specs);
}

static GSettingsSchema *
look_up (GSettingsSchemaSource *source)
{
  return source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
}

static GSettingsSchema *
look_up_in (const char *folder)
{
  GSettingsSchemaSource *source = g_settings_schema_source_new_from_directory (folder, NULL, TRUE, NULL);
  GSettingsSchema *schema = look_up (source);

  g_clear_pointer (&source, g_settings_schema_source_unref);
  return schema;
}

/* That of the build folder where there is one, else an installed one. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchema *schema = look_up_in (BF_BUILD_SCHEMA_DIR);

  if (schema == NULL)
    schema = look_up (g_settings_schema_source_get_default ());
  return schema ? schema : look_up_in (BF_INSTALLED_SCHEMA_DIR);
}

/* A file, which needs no service on the system; GSETTINGS_BACKEND chooses another, as everywhere. */
static GSettingsBackend *
make_backend (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "backflow", NULL);
  g_autofree char *path = g_build_filename (folder, "settings.ini", NULL);

  if (g_getenv ("GSETTINGS_BACKEND"))
    return g_object_ref (g_settings_backend_get_default ());
  if (g_mkdir_with_parents (folder, 0700) != 0 || g_access (folder, W_OK) != 0)
    return g_memory_settings_backend_new ();
  return g_keyfile_settings_backend_new (path, ROOT, "Backflow");
}

static void
bf_settings_init (BfSettings *self)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  for (guint i = 1; i < G_N_ELEMENTS (settings); i++)
    {
      g_value_init (&self->values[i], G_PARAM_SPEC_VALUE_TYPE (specs[i]));
      g_param_value_set_default (specs[i], &self->values[i]);
    }
  if (schema)
    {
      g_autoptr (GSettingsBackend) backend = make_backend ();

      self->store = g_settings_new_full (schema, backend, NULL);
    }
  for (guint i = 1; self->store && i < G_N_ELEMENTS (settings); i++)
    if (g_settings_schema_has_key (schema, settings[i].name))
      g_settings_bind (self->store, settings[i].name, self, settings[i].name,
                       G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
}

BfSettings *
bf_settings_get (void)
{
  static BfSettings *instance;

  if (instance == NULL)
    instance = g_object_new (BF_TYPE_SETTINGS, NULL);
  return instance;
}

static GValue *
find_value (BfSettings *self, const char *name)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), name);

  g_assert (spec != NULL);
  return &self->values[spec->param_id];
}

int
bf_settings_get_int (BfSettings *self, const char *name)
{
  const GValue *value = find_value (self, name);

  return G_VALUE_HOLDS_BOOLEAN (value) ? g_value_get_boolean (value) : g_value_get_int (value);
}

void
bf_settings_set_int (BfSettings *self, const char *name, int value)
{
  g_object_set (self, name, value, NULL);
}

const char *
bf_settings_get_text (BfSettings *self, const char *name)
{
  const char *text = g_value_get_string (find_value (self, name));

  return text ? text : "";
}

void
bf_settings_set_text (BfSettings *self, const char *name, const char *value)
{
  g_object_set (self, name, value ? value : "", NULL);
}

char *
bf_settings_dup_notebook_folder (BfSettings *self)
{
  const char *chosen = bf_settings_get_text (self, "notebook-folder");

  return *chosen ? g_strdup (chosen) : g_build_filename (g_get_user_data_dir (), "backflow", NULL);
}

const char *const *
bf_settings_get_recent (BfSettings *self)
{
  static const char *const none[] = { NULL };
  const char *const *files = g_value_get_boxed (&self->values[RECENT]);

  return files ? files : none;
}

/* The list without the file, which, when there is one, comes first. */
static void
change_recent (BfSettings *self, GFile *without, GFile *first)
{
  const char *const *files = bf_settings_get_recent (self);
  g_autofree char *uri = without ? g_file_get_uri (without) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  guint n = 0;

  if (first)
    g_strv_builder_add (builder, uri);
  for (n = first != NULL; *files && n < MOST_FILES; files++)
    if (uri && !g_str_equal (*files, uri))
      {
        g_strv_builder_add (builder, *files);
        n++;
      }
  list = g_strv_builder_end (builder);
  g_object_set (self, settings[RECENT].name, list, NULL);
}

void
bf_settings_add_recent (BfSettings *self, GFile *file)
{
  change_recent (self, file, file);
}

void
bf_settings_remove_recent (BfSettings *self, GFile *file)
{
  change_recent (self, file, NULL);
}

void
bf_settings_clear_recent (BfSettings *self)
{
  change_recent (self, NULL, NULL);
}
