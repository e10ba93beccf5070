/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Rows form a tree like the options: the rows below a choice belong to the options that are the
 * choice's value. A row finds its options by walking up, so it holds no pointer that an edit of
 * the tree could leave dangling.
 */
#include <glib/gi18n-lib.h>

#include "bf-file-dialog.h"
#include "bf-kind-drop-down.h"
#include "bf-number-spin.h"
#include "bf-options-form.h"

typedef struct _Row Row;

struct _Row
{
  BfOptionsForm *form;
  Row *parent;           /* the choice whose value has this parameter; NULL: the form's own options */
  const BfParam *param;
  GtkWidget *control;
  GtkWidget *problem;    /* texts: label below with what is wrong; else NULL */
  GtkWidget *nested;     /* choices: box of the rows below */
  GPtrArray *rows;       /* choices: of Row */
  const BfKind *kind;    /* choices: that the rows below are for */
};

struct _BfOptionsForm
{
  GtkBox parent_instance;

  BfOptions *options;
  GPtrArray *rows;       /* of Row */
  GArray *layer_ids;     /* of guint32 */
  GStrv layer_names;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BfOptionsForm, bf_options_form, GTK_TYPE_BOX)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void build_rows (BfOptionsForm *self, Row *parent, const BfOptions *options, GtkWidget *box, GPtrArray *rows);
static void show_rows  (GPtrArray *rows, const BfOptions *options);

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->rows, g_ptr_array_unref);
  g_free (row);
}

static BfOptions *
row_get_options (Row *row)
{
  return row->parent ? bf_options_edit_choice (row_get_options (row->parent), row->parent->param->id)
                     : row->form->options;
}

static void
row_set_number (Row    *row,
                double  value)
{
  g_autoptr (GError) error = NULL;

  if (row->form->updating)
    return;
  if (!bf_options_set_number (row_get_options (row), row->param->id, value, &error))
    {
      gtk_widget_error_bell (row->control);
      return;
    }
  g_signal_emit (row->form, signals[SIGNAL_CHANGED], 0, g_dgettext (GETTEXT_PACKAGE, row->param->name));
}

static void
on_spin_changed (GtkSpinButton *spin,
                 gpointer       data)
{
  row_set_number (data, gtk_spin_button_get_value (spin));
}

static void
on_switch_changed (GObject    *object,
                   GParamSpec *pspec,
                   gpointer    data)
{
  row_set_number (data, gtk_switch_get_active (GTK_SWITCH (object)));
}

static void
on_layer_changed (GObject    *object,
                  GParamSpec *pspec,
                  gpointer    data)
{
  Row *row = data;
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (object));

  if (selected != GTK_INVALID_LIST_POSITION)
    row_set_number (row, selected == 0 ? 0 : g_array_index (row->form->layer_ids, guint32, selected - 1));
}

static void
on_choice_changed (GObject    *object,
                   GParamSpec *pspec,
                   gpointer    data)
{
  Row *row = data;
  const BfKind *kind = bf_kind_drop_down_get_kind (GTK_DROP_DOWN (object));
  BfOptions *options;

  if (row->form->updating || kind == NULL)
    return;
  options = row_get_options (row);
  if (!bf_options_set_choice (options, row->param->id, kind->id, NULL))
    return;
  row->form->updating = TRUE;
  show_rows (row->parent ? row->parent->rows : row->form->rows, options);
  row->form->updating = FALSE;
  g_signal_emit (row->form, signals[SIGNAL_CHANGED], 0, g_dgettext (GETTEXT_PACKAGE, row->param->name));
}

/* A text that was refused stays in its entry, with the reason below it, until it is put right or left behind. */
static void
row_show_problem (Row        *row,
                  const char *problem)
{
  if (problem)
    gtk_widget_add_css_class (row->control, "error");
  else
    gtk_widget_remove_css_class (row->control, "error");
  gtk_label_set_label (GTK_LABEL (row->problem), problem ? problem : "");
  gtk_widget_set_visible (row->problem, problem != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row->control), GTK_ACCESSIBLE_STATE_INVALID,
                               problem ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
commit_text (Row *row)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row->control));
  g_autoptr (GError) error = NULL;
  BfOptions *options;

  if (row->form->updating)
    return;
  options = row_get_options (row);
  if (g_strcmp0 (text, bf_options_text (options, row->param->id)) == 0)
    {
      row_show_problem (row, NULL);
      return;
    }
  if (!bf_options_set_text (options, row->param->id, text, &error))
    {
      row_show_problem (row, error->message);
      return;
    }
  row_show_problem (row, NULL);
  g_signal_emit (row->form, signals[SIGNAL_CHANGED], 0, g_dgettext (GETTEXT_PACKAGE, row->param->name));
}

static void
on_entry_activate (GtkEntry *entry,
                   gpointer  data)
{
  commit_text (data);
}

static void
on_entry_leave (GtkEventControllerFocus *controller,
                gpointer                 data)
{
  commit_text (data);
}

static gboolean
is_folder (const BfParam *param)
{
  return g_str_equal (param->id, "folder");
}

static gboolean
is_file (const BfParam *param)
{
  return g_str_equal (param->id, "file");
}

/* The entry stands for its row, which may be gone when the answer comes. */
static void
on_file_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (GtkWidget) entry = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path == NULL || gtk_widget_get_root (entry) == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (entry), path);
  g_signal_emit_by_name (entry, "activate");
}

static void
on_choose_clicked (GtkButton *button,
                   gpointer   data)
{
  Row *row = data;
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button)));
  const char *title = g_dgettext (GETTEXT_PACKAGE, row->param->name);

  if (is_folder (row->param))
    bf_file_dialog_open_folder (window, title, on_file_chosen, g_object_ref (row->control));
  else
    bf_file_dialog_open (window, title, NULL, NULL, on_file_chosen, g_object_ref (row->control));
}

static GtkWidget *
make_choose_button (Row *row)
{
  GtkWidget *button = gtk_button_new_from_icon_name (is_folder (row->param) ? "folder-open-symbolic"
                                                                            : "document-open-symbolic");
  const char *name = is_folder (row->param) ? _("Choose a Folder…") : _("Choose a File…");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "mini");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_choose_clicked), row);
  return button;
}

static GtkWidget *
make_entry (Row *row)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 12);
  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  g_signal_connect (entry, "activate", G_CALLBACK (on_entry_activate), row);
  g_signal_connect (focus, "leave", G_CALLBACK (on_entry_leave), row);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

static GtkWidget *
make_problem (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_visible (label, FALSE);
  return label;
}

static GtkWidget *
make_layer_choice (Row *row)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  GtkWidget *drop_down;

  g_ptr_array_add (words, (gpointer) C_("layer", "None"));
  for (guint i = 0; row->form->layer_names && row->form->layer_names[i]; i++)
    g_ptr_array_add (words, row->form->layer_names[i]);
  g_ptr_array_add (words, NULL);
  drop_down = bf_word_drop_down_new ((const char *const *) words->pdata);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_layer_changed), row);
  return drop_down;
}

static GtkWidget *
make_control (Row *row)
{
  GtkWidget *control = NULL;

  switch (row->param->type)
    {
    case BF_PARAM_NUMBER:
    case BF_PARAM_INTEGER:
      control = bf_number_spin_new_for (row->param);
      g_signal_connect (control, "value-changed", G_CALLBACK (on_spin_changed), row);
      break;
    case BF_PARAM_BOOLEAN:
      control = gtk_switch_new ();
      gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
      g_signal_connect (control, "notify::active", G_CALLBACK (on_switch_changed), row);
      break;
    case BF_PARAM_CHOICE:
      control = bf_kind_drop_down_new (row->param->table, NULL);
      g_signal_connect (control, "notify::selected", G_CALLBACK (on_choice_changed), row);
      break;
    case BF_PARAM_TEXT:
      control = make_entry (row);
      break;
    case BF_PARAM_LAYER:
      control = make_layer_choice (row);
      break;
    default:
      g_assert_not_reached ();
    }
  return control;
}

GtkWidget *
bf_form_row_new (const char *name,
                 GtkWidget  *control)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);

  gtk_widget_add_css_class (row, "form-row");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), control);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
  if (GTK_IS_DROP_DOWN (control))
    bf_drop_down_set_name (GTK_DROP_DOWN (control), name);
  return row;
}

static void
add_row (BfOptionsForm *self,
         Row           *parent,
         const BfParam *param,
         GtkWidget     *box,
         GPtrArray     *rows)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *line;
  const char *name = g_dgettext (GETTEXT_PACKAGE, param->name);
  g_autofree char *label = param->unit ? g_strdup_printf (C_("parameter and unit", "%s, %s"), name,
                                                          g_dgettext (GETTEXT_PACKAGE, param->unit))
                                       : g_strdup (name);

  row->form = self;
  row->parent = parent;
  row->param = param;
  row->control = make_control (row);
  gtk_widget_set_name (row->control, param->id);
  line = bf_form_row_new (label, row->control);
  if (param->type == BF_PARAM_TEXT && (is_folder (param) || is_file (param)))
    gtk_box_append (GTK_BOX (line), make_choose_button (row));
  gtk_box_append (GTK_BOX (box), line);
  if (param->type == BF_PARAM_TEXT)
    gtk_box_append (GTK_BOX (box), row->problem = make_problem ());
  if (param->type == BF_PARAM_CHOICE)
    {
      row->nested = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      gtk_widget_set_margin_start (row->nested, 12);
      row->rows = g_ptr_array_new_with_free_func (row_free);
      gtk_box_append (GTK_BOX (box), row->nested);
    }
  g_ptr_array_add (rows, row);
}

static void
clear_box (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
build_rows (BfOptionsForm   *self,
            Row             *parent,
            const BfOptions *options,
            GtkWidget       *box,
            GPtrArray       *rows)
{
  clear_box (box);
  g_ptr_array_set_size (rows, 0);
  for (const BfParam *param = bf_options_get_kind (options)->params; param && param->id; param++)
    add_row (self, parent, param, box, rows);
}

static void
show_choice (Row             *row,
             const BfOptions *options)
{
  const BfOptions *value = bf_options_choice (options, row->param->id);
  const BfKind *kind = bf_options_get_kind (value);

  bf_kind_drop_down_set_kind (GTK_DROP_DOWN (row->control), kind);
  gtk_widget_set_tooltip_text (row->control, bf_kind_get_summary (kind));
  if (row->kind != kind)
    {
      row->kind = kind;
      build_rows (row->form, row, value, row->nested, row->rows);
      gtk_widget_set_visible (row->nested, row->rows->len > 0);
    }
  show_rows (row->rows, value);
}

static void
show_layer (Row             *row,
            const BfOptions *options)
{
  guint32 id = bf_options_integer (options, row->param->id);
  guint selected = 0;

  for (guint i = 0; i < row->form->layer_ids->len; i++)
    if (g_array_index (row->form->layer_ids, guint32, i) == id)
      selected = i + 1;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->control), selected);
}

static void
show_row (Row             *row,
          const BfOptions *options)
{
  const char *id = row->param->id;

  switch (row->param->type)
    {
    case BF_PARAM_NUMBER:
      bf_number_spin_set (GTK_SPIN_BUTTON (row->control), bf_options_number (options, id));
      break;
    case BF_PARAM_INTEGER:
      bf_number_spin_set (GTK_SPIN_BUTTON (row->control), bf_options_integer (options, id));
      break;
    case BF_PARAM_BOOLEAN:
      gtk_switch_set_active (GTK_SWITCH (row->control), bf_options_boolean (options, id));
      break;
    case BF_PARAM_CHOICE:
      show_choice (row, options);
      break;
    case BF_PARAM_TEXT:
      row_show_problem (row, NULL);
      if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row->control)), bf_options_text (options, id)) != 0)
        gtk_editable_set_text (GTK_EDITABLE (row->control), bf_options_text (options, id));
      break;
    case BF_PARAM_LAYER:
      show_layer (row, options);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
show_rows (GPtrArray       *rows,
           const BfOptions *options)
{
  for (guint i = 0; i < rows->len; i++)
    show_row (g_ptr_array_index (rows, i), options);
}

static void
bf_options_form_dispose (GObject *object)
{
  BF_OPTIONS_FORM (object)->updating = TRUE;   /* an entry that loses the focus now sets nothing */
  clear_box (GTK_WIDGET (object));
  G_OBJECT_CLASS (bf_options_form_parent_class)->dispose (object);
}

static void
bf_options_form_finalize (GObject *object)
{
  BfOptionsForm *self = BF_OPTIONS_FORM (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->options, bf_options_free);
  g_clear_pointer (&self->layer_ids, g_array_unref);
  g_clear_pointer (&self->layer_names, g_strfreev);
  G_OBJECT_CLASS (bf_options_form_parent_class)->finalize (object);
}

static void
bf_options_form_class_init (BfOptionsFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bf_options_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = bf_options_form_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BF_TYPE_OPTIONS_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bf_options_form_init (BfOptionsForm *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->layer_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
}

GtkWidget *
bf_options_form_new (void)
{
  return g_object_new (BF_TYPE_OPTIONS_FORM, NULL);
}

void
bf_options_form_set_options (BfOptionsForm   *self,
                             const BfOptions *options)
{
  const BfKind *old = self->options ? bf_options_get_kind (self->options) : NULL;

  g_return_if_fail (BF_IS_OPTIONS_FORM (self));

  g_clear_pointer (&self->options, bf_options_free);
  self->updating = TRUE;
  if (options)
    {
      self->options = bf_options_copy (options);
      if (bf_options_get_kind (options) != old)
        build_rows (self, NULL, options, GTK_WIDGET (self), self->rows);
      show_rows (self->rows, options);
    }
  else
    {
      clear_box (GTK_WIDGET (self));
      g_ptr_array_set_size (self->rows, 0);
    }
  self->updating = FALSE;
}

const BfOptions *
bf_options_form_get_options (BfOptionsForm *self)
{
  g_return_val_if_fail (BF_IS_OPTIONS_FORM (self), NULL);
  return self->options;
}

gboolean
bf_options_form_is_empty (BfOptionsForm *self)
{
  g_return_val_if_fail (BF_IS_OPTIONS_FORM (self), TRUE);
  return self->rows->len == 0;
}

void
bf_options_form_set_layers (BfOptionsForm     *self,
                            const guint32     *ids,
                            const char *const *names)
{
  guint n = g_strv_length ((char **) names);

  g_return_if_fail (BF_IS_OPTIONS_FORM (self));

  g_array_set_size (self->layer_ids, 0);
  g_array_append_vals (self->layer_ids, ids, n);
  g_strfreev (self->layer_names);
  self->layer_names = g_strdupv ((char **) names);
}
