/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-experiment.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-file.h"
#include "bf-remedy.h"

#define MERGE_MICROSECONDS (2 * G_USEC_PER_SEC)

/* A step of the history: the spec to go to, and the name of the edit between here and there. */
typedef struct
{
  BfSpec *spec;
  char *label;
} Step;

struct _BfExperiment
{
  GObject parent_instance;

  BfSpec *spec;
  BfSpec *effective;    /* cached, or NULL */
  BfSpec *saved;        /* as in the file, or as it began */
  GFile *file;
  GPtrArray *undo;      /* of Step, newest last */
  GPtrArray *redo;
  guint64 n_edits;
  char *merge;          /* key of the last edit, while another may join it */
  gint64 merge_time;
};

enum { PROP_0, PROP_SPEC, PROP_FILE, PROP_MODIFIED, PROP_CAN_UNDO, PROP_CAN_REDO, PROP_UNDO_LABEL,
       PROP_REDO_LABEL, PROP_NAME, N_PROPS };
enum { REPLACED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfExperiment, bf_experiment, G_TYPE_OBJECT)

static Step *
step_new (BfSpec *spec, const char *label)
{
  Step *step = g_new (Step, 1);

  step->spec = bf_spec_ref (spec);
  step->label = g_strdup (label);
  return step;
}

static void
step_free (Step *step)
{
  bf_spec_unref (step->spec);
  g_free (step->label);
  g_free (step);
}

static const Step *
get_last (const GPtrArray *steps)
{
  return steps->len ? steps->pdata[steps->len - 1] : NULL;
}

/* What the properties were before a change, to notify of those that are others after it. */
typedef struct
{
  BfSpec *spec;
  GFile *file;
  gboolean modified, can_undo, can_redo;
  char *undo_label, *redo_label;
} Before;

static void
begin (BfExperiment *self, Before *before)
{
  before->spec = bf_spec_ref (self->spec);
  before->file = self->file ? g_object_ref (self->file) : NULL;
  before->modified = bf_experiment_get_modified (self);
  before->can_undo = bf_experiment_get_can_undo (self);
  before->can_redo = bf_experiment_get_can_redo (self);
  before->undo_label = g_strdup (bf_experiment_get_undo_label (self));
  before->redo_label = g_strdup (bf_experiment_get_redo_label (self));
}

static void
end (BfExperiment *self, Before *before)
{
  const gboolean changed[N_PROPS] = {
    [PROP_SPEC] = before->spec != self->spec,
    [PROP_FILE] = before->file != self->file,
    [PROP_MODIFIED] = before->modified != bf_experiment_get_modified (self),
    [PROP_CAN_UNDO] = before->can_undo != bf_experiment_get_can_undo (self),
    [PROP_CAN_REDO] = before->can_redo != bf_experiment_get_can_redo (self),
    [PROP_UNDO_LABEL] = g_strcmp0 (before->undo_label, bf_experiment_get_undo_label (self)) != 0,
    [PROP_REDO_LABEL] = g_strcmp0 (before->redo_label, bf_experiment_get_redo_label (self)) != 0,
    [PROP_NAME] = g_strcmp0 (before->spec->name, self->spec->name) != 0,
  };

  if (changed[PROP_SPEC])
    g_clear_pointer (&self->effective, bf_spec_unref);
  for (guint i = 1; i < N_PROPS; i++)
    if (changed[i])
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  bf_spec_unref (before->spec);
  g_clear_object (&before->file);
  g_free (before->undo_label);
  g_free (before->redo_label);
}

static void
set_spec (BfExperiment *self, BfSpec *spec)
{
  bf_spec_ref (spec);
  bf_spec_unref (self->spec);
  self->spec = spec;
}

/* Takes the last step of one history and leaves the way back in the other. */
static void
go (BfExperiment *self, GPtrArray *from, GPtrArray *to)
{
  Before before;
  Step *step;

  if (from->len == 0)
    return;
  begin (self, &before);
  step = g_ptr_array_steal_index (from, from->len - 1);
  g_ptr_array_add (to, step_new (self->spec, step->label));
  set_spec (self, step->spec);
  step_free (step);
  g_clear_pointer (&self->merge, g_free);
  end (self, &before);
}

static void
bf_experiment_dispose (GObject *object)
{
  BfExperiment *self = BF_EXPERIMENT (object);

  g_clear_object (&self->file);
  G_OBJECT_CLASS (bf_experiment_parent_class)->dispose (object);
}

static void
bf_experiment_finalize (GObject *object)
{
  BfExperiment *self = BF_EXPERIMENT (object);

  g_clear_pointer (&self->spec, bf_spec_unref);
  g_clear_pointer (&self->effective, bf_spec_unref);
  g_clear_pointer (&self->saved, bf_spec_unref);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_free (self->merge);
  G_OBJECT_CLASS (bf_experiment_parent_class)->finalize (object);
}

static void
bf_experiment_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BfExperiment *self = BF_EXPERIMENT (object);

  switch (id)
    {
    case PROP_SPEC:
      g_value_set_pointer (value, self->spec);
      break;
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, bf_experiment_get_modified (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, bf_experiment_get_can_undo (self));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, bf_experiment_get_can_redo (self));
      break;
    case PROP_UNDO_LABEL:
      g_value_set_string (value, bf_experiment_get_undo_label (self));
      break;
    case PROP_REDO_LABEL:
      g_value_set_string (value, bf_experiment_get_redo_label (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, self->spec->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bf_experiment_class_init (BfExperimentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = bf_experiment_dispose;
  object_class->finalize = bf_experiment_finalize;
  object_class->get_property = bf_experiment_get_property;
  properties[PROP_SPEC] = g_param_spec_pointer ("spec", NULL, NULL, flags);
  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  properties[PROP_UNDO_LABEL] = g_param_spec_string ("undo-label", NULL, NULL, NULL, flags);
  properties[PROP_REDO_LABEL] = g_param_spec_string ("redo-label", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REPLACED] = g_signal_new ("replaced", BF_TYPE_EXPERIMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_experiment_init (BfExperiment *self)
{
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
}

BfExperiment *
bf_experiment_new (BfSpec *spec)
{
  BfExperiment *self = g_object_new (BF_TYPE_EXPERIMENT, NULL);

  self->spec = bf_spec_ref (spec);
  self->saved = bf_spec_ref (spec);
  return self;
}

BfExperiment *
bf_experiment_new_draft (BfSpec *spec, BfSpec *saved, GFile *file)
{
  BfExperiment *self = bf_experiment_new (saved ? saved : spec);

  self->file = file ? g_object_ref (file) : NULL;
  if (saved && !bf_spec_equal (saved, spec))
    {
      g_ptr_array_add (self->undo, step_new (self->spec, _("Changes Before the Last Start")));
      set_spec (self, spec);
    }
  return self;
}

BfSpec *
bf_experiment_get_saved (BfExperiment *self)
{
  return self->saved;
}

BfSpec *
bf_experiment_get_spec (BfExperiment *self)
{
  g_return_val_if_fail (BF_IS_EXPERIMENT (self), NULL);
  return self->spec;
}

BfSpec *
bf_experiment_get_effective (BfExperiment *self)
{
  g_return_val_if_fail (BF_IS_EXPERIMENT (self), NULL);
  if (!self->effective)
    self->effective = bf_remedies_apply (self->spec);
  return self->effective;
}

BfSpec *
bf_experiment_copy_spec (BfExperiment *self)
{
  g_return_val_if_fail (BF_IS_EXPERIMENT (self), NULL);
  return bf_spec_copy (self->spec);
}

static gboolean
joins_last (const BfExperiment *self, const char *merge, gint64 now)
{
  return merge && self->undo->len > 0 && g_strcmp0 (merge, self->merge) == 0
         && now - self->merge_time < MERGE_MICROSECONDS;
}

void
bf_experiment_edit (BfExperiment *self, BfSpec *spec, const char *label, const char *merge)
{
  gint64 now = g_get_monotonic_time ();
  Before before;

  g_return_if_fail (BF_IS_EXPERIMENT (self) && spec != NULL && spec != self->spec);
  if (bf_spec_equal (spec, self->spec))
    {
      bf_spec_unref (spec);
      return;
    }
  begin (self, &before);
  if (!joins_last (self, merge, now))
    g_ptr_array_add (self->undo, step_new (self->spec, label));
  else if (bf_spec_equal (get_last (self->undo)->spec, spec))
    {
      /* Spun there and back: as if nothing had been, the very spec from before. */
      bf_spec_unref (spec);
      spec = bf_spec_ref (get_last (self->undo)->spec);
      g_ptr_array_set_size (self->undo, (int) self->undo->len - 1);
      merge = NULL;
    }
  self->n_edits++;
  g_ptr_array_set_size (self->redo, 0);
  set_spec (self, spec);
  bf_spec_unref (spec);
  g_free (self->merge);
  self->merge = g_strdup (merge);
  self->merge_time = now;
  end (self, &before);
}

void
bf_experiment_replace (BfExperiment *self, BfSpec *spec, GFile *file)
{
  Before before;

  g_return_if_fail (BF_IS_EXPERIMENT (self) && spec != NULL);
  begin (self, &before);
  set_spec (self, spec);
  bf_spec_ref (spec);
  bf_spec_unref (self->saved);
  self->saved = spec;
  g_set_object (&self->file, file);
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_clear_pointer (&self->merge, g_free);
  end (self, &before);
  g_signal_emit (self, signals[REPLACED], 0);
}

void
bf_experiment_undo (BfExperiment *self)
{
  g_return_if_fail (BF_IS_EXPERIMENT (self));
  go (self, self->undo, self->redo);
}

void
bf_experiment_redo (BfExperiment *self)
{
  g_return_if_fail (BF_IS_EXPERIMENT (self));
  go (self, self->redo, self->undo);
}

gboolean
bf_experiment_get_can_undo (BfExperiment *self)
{
  return self->undo->len > 0;
}

guint
bf_experiment_get_n_undo (BfExperiment *self)
{
  return self->undo->len;
}

guint64
bf_experiment_get_n_edits (BfExperiment *self)
{
  return self->n_edits;
}

gboolean
bf_experiment_get_can_redo (BfExperiment *self)
{
  return self->redo->len > 0;
}

const char *
bf_experiment_get_undo_label (BfExperiment *self)
{
  return self->undo->len ? get_last (self->undo)->label : NULL;
}

const char *
bf_experiment_get_redo_label (BfExperiment *self)
{
  return self->redo->len ? get_last (self->redo)->label : NULL;
}

gboolean
bf_experiment_get_modified (BfExperiment *self)
{
  return self->spec != self->saved && !bf_spec_equal (self->spec, self->saved);
}

GFile *
bf_experiment_get_file (BfExperiment *self)
{
  return self->file;
}

gboolean
bf_experiment_save (BfExperiment *self, GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  Before before;

  g_return_val_if_fail (BF_IS_EXPERIMENT (self), FALSE);
  if (path && !bf_file_save (self->spec, path, error))
    return FALSE;
  if (!path)
    {
      g_autofree char *text = bf_file_print (self->spec);

      if (!g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error))
        return FALSE;
    }
  begin (self, &before);
  bf_spec_unref (self->saved);
  self->saved = bf_spec_ref (self->spec);
  g_set_object (&self->file, file);
  g_clear_pointer (&self->merge, g_free);
  end (self, &before);
  return TRUE;
}

/* A remedy that is off and as it came needs no setting: the spec is again what it was. */
static void
drop_untouched (BfSpec *spec, const char *id)
{
  BfRemedySetting *setting = bf_spec_find_remedy (spec, id);
  g_autoptr (BfOptions) fresh = bf_options_new (bf_options_get_kind (setting->options));

  if (bf_options_equal (setting->options, fresh))
    g_ptr_array_remove (spec->remedies, setting);
}

void
bf_experiment_set_remedy (BfExperiment *self, const char *id, gboolean on)
{
  const BfKind *kind = bf_kind_find (bf_remedies, id);
  g_autofree char *label = NULL;
  BfSpec *spec;

  g_return_if_fail (BF_IS_EXPERIMENT (self) && kind != NULL);
  spec = bf_experiment_copy_spec (self);
  bf_spec_ensure_remedy (spec, id)->on = on;
  if (!on)
    drop_untouched (spec, id);
  /* Translators: an edit's name in the Undo button: Batch Normalization on. */
  label = g_strdup_printf (on ? _("%s on") : _("%s off"), bf_kind_get_name (kind));
  bf_experiment_edit (self, spec, label, NULL);
}

gboolean
bf_experiment_add_remedy (BfExperiment *self, const char *text, GError **error)
{
  g_autoptr (BfSpec) spec = NULL;
  g_autofree char *name = NULL, *label = NULL;

  g_return_val_if_fail (BF_IS_EXPERIMENT (self) && text != NULL, FALSE);
  spec = bf_experiment_copy_spec (self);
  if (!bf_spec_add_remedy_string (spec, text, error))
    return FALSE;
  name = bf_remedy_string_get_name (text);
  label = g_strdup_printf (_("%s on"), name);
  bf_experiment_edit (self, g_steal_pointer (&spec), label, NULL);
  return TRUE;
}
