/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-all-runs.h"

#include <glib/gi18n-lib.h>

#include "bf-kept-run.h"

struct _BfAllRuns
{
  AdwWindow parent_instance;

  GtkSearchEntry *search;
  GtkToggleButton *only_stars;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  AdwStatusPage *problem;
  GtkListView *list;

  BfSession *session;              /* owned */
  GListStore *store;               /* owned, of BfKeptRun, newest first */
  GtkCustomFilter *filter;         /* owned */
  GtkSingleSelection *selection;   /* owned: what the list shows */
  GArray *deleted;                 /* owned, of Deleted: they can be brought back, the last one first */
};

G_DEFINE_FINAL_TYPE (BfAllRuns, bf_all_runs, ADW_TYPE_WINDOW)

static guint
get_n_shown (BfAllRuns *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->selection));
}

/* place: where in the store it is; of NULL, none. */
static BfKeptRun *
find_run (BfAllRuns  *self,
          const char *uuid,
          guint      *place)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BfKeptRun) run = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (!g_str_equal (bf_kept_run_get_entry (run)->uuid, uuid))
        continue;
      if (place)
        *place = i;
      return run;   /* the store has it */
    }
  return NULL;
}

static void
show_page (BfAllRuns *self)
{
  const char *page = g_list_model_get_n_items (G_LIST_MODEL (self->store)) == 0 ? "none"
                     : get_n_shown (self) == 0 ? "nothing" : "list";

  gtk_stack_set_visible_child_name (self->pages, page);
}

/* Reads the notebook anew; the run selected stays so. */
static void
fill (BfAllRuns *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL, runs = g_ptr_array_new_with_free_func (g_object_unref);
  BfNotebook *notebook = bf_session_get_notebook (self->session);

  bf_notebook_flush (notebook, NULL);
  entries = bf_notebook_list (notebook, FALSE, &error);
  if (entries == NULL)
    {
      adw_status_page_set_description (self->problem, error->message);
      gtk_stack_set_visible_child_name (self->pages, "problem");
      return;
    }
  g_ptr_array_set_free_func (entries, NULL);   /* each run takes its entry */
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (runs, bf_kept_run_new (entries->pdata[i]));
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)), runs->pdata, runs->len);
  show_page (self);
}

static gboolean
is_wanted (gpointer item,
           gpointer data)
{
  BfAllRuns *self = data;

  return (!gtk_toggle_button_get_active (self->only_stars) || bf_kept_run_get_entry (item)->star)
         && bf_kept_run_matches (item, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_filter_changed (BfAllRuns *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_page (self);
}

/* From the search to the first run found. */
static void
on_search_activate (BfAllRuns *self)
{
  if (get_n_shown (self) > 0)
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

/* The list */

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, bf_kept_run_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  bf_kept_run_row_set_run (BF_KEPT_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  bf_kept_run_row_set_run (BF_KEPT_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_activate (BfAllRuns *self,
             guint      position)
{
  g_autoptr (BfKeptRun) run = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (run)
    gtk_widget_activate_action (GTK_WIDGET (self), "kept.open", "s", bf_kept_run_get_entry (run)->uuid);
}

/* Commands */

/* A run of the list that was deleted. */
typedef struct
{
  BfKeptRun *run;
  guint number;   /* in the session; 0: it was none of its runs */
} Deleted;

static void
deleted_clear (gpointer data)
{
  g_clear_object (&((Deleted *) data)->run);
}

/* The one of that uuid; NULL: the last one. */
static void
bring_back (BfAllRuns  *self,
            const char *wanted)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  guint place = 0, i = self->deleted->len;

  while (i > 0 && wanted && !g_str_equal (bf_kept_run_get_entry (g_array_index (self->deleted, Deleted, i - 1).run)->uuid, wanted))
    i--;
  if (i == 0)
    return;
  g_autoptr (BfKeptRun) run = g_object_ref (g_array_index (self->deleted, Deleted, i - 1).run);
  const guint number = g_array_index (self->deleted, Deleted, i - 1).number;
  const char *uuid = bf_kept_run_get_entry (run)->uuid;
  g_array_remove_index (self->deleted, i - 1);
  if (number > 0)
    bf_session_bring_back (self->session, number);
  if (find_run (self, uuid, NULL))
    return;
  bf_notebook_undelete (bf_session_get_notebook (self->session), uuid);
  for (; place < n; place++)
    {
      g_autoptr (BfKeptRun) other = g_list_model_get_item (G_LIST_MODEL (self->store), place);

      if (bf_kept_run_get_entry (other)->created < bf_kept_run_get_entry (run)->created)
        break;
    }
  g_list_store_insert (self->store, place, run);
  show_page (self);
}

static void
tell_deleted (BfAllRuns *self,
              BfKeptRun *run)
{
  const BfNotebookEntry *entry = bf_kept_run_get_entry (run);
  /* Translators: "Run 1 deleted" */
  g_autofree char *text = g_strdup_printf (_("%s deleted"), entry->name), *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "runs.undelete");
  adw_toast_set_action_target (toast, "s", entry->uuid);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
delete_run (BfAllRuns  *self,
            const char *uuid)
{
  guint place = 0;
  BfKeptRun *run = find_run (self, uuid, &place);
  BfSessionRun *own = bf_session_find_run (self->session, uuid);

  if (run == NULL)
    return;
  const Deleted deleted = { g_object_ref (run), own ? own->number : 0 };
  g_array_append_val (self->deleted, deleted);
  if (own)
    bf_session_remove_run (self->session, own);
  else
    bf_notebook_delete (bf_session_get_notebook (self->session), uuid);
  g_list_store_remove (self->store, place);
  show_page (self);
  tell_deleted (self, deleted.run);
}

static void
action_delete (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  delete_run (BF_ALL_RUNS (widget), g_variant_get_string (parameter, NULL));
}

static void
action_undelete (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  bring_back (BF_ALL_RUNS (widget), g_variant_get_string (parameter, NULL));
}

static void
action_rename (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  BfKeptRun *run = find_run (BF_ALL_RUNS (widget), g_variant_get_string (parameter, NULL), NULL);

  if (run)
    bf_kept_run_set_renaming (run, TRUE);
}

/* Keys mean the run selected, but not while its name is edited. */
static gboolean
on_key (GtkEventControllerKey *keys,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        BfAllRuns             *self)
{
  BfKeptRun *run = gtk_single_selection_get_selected_item (self->selection);

  if (run == NULL || GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (self))) || (state & gtk_accelerator_get_default_mod_mask ()))
    return FALSE;
  if (keyval == GDK_KEY_F2)
    bf_kept_run_set_renaming (run, TRUE);
  else if (keyval == GDK_KEY_Delete || keyval == GDK_KEY_KP_Delete)
    delete_run (self, bf_kept_run_get_entry (run)->uuid);
  else
    return FALSE;
  return TRUE;
}

static gboolean
on_find (GtkWidget *widget,
         GVariant  *args,
         gpointer   data)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BF_ALL_RUNS (widget)->search));
}

static gboolean
on_undo (GtkWidget *widget,
         GVariant  *args,
         gpointer   data)
{
  bring_back (BF_ALL_RUNS (widget), NULL);
  return TRUE;
}

static gboolean
on_close (GtkWidget *widget,
          GVariant  *args,
          gpointer   data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

/* The object */

static void
all_runs_dispose (GObject *object)
{
  BfAllRuns *self = BF_ALL_RUNS (object);

  g_clear_pointer (&self->deleted, g_array_unref);
  if (self->filter)   /* it may outlive this window in the list's model */
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_all_runs_parent_class)->dispose (object);
}

static void
bf_all_runs_class_init (BfAllRunsClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = all_runs_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/all-runs.ui");
  gtk_widget_class_bind_template_child (widget, BfAllRuns, search);
  gtk_widget_class_bind_template_child (widget, BfAllRuns, only_stars);
  gtk_widget_class_bind_template_child (widget, BfAllRuns, toasts);
  gtk_widget_class_bind_template_child (widget, BfAllRuns, pages);
  gtk_widget_class_bind_template_child (widget, BfAllRuns, problem);
  gtk_widget_class_bind_template_child (widget, BfAllRuns, list);
  gtk_widget_class_bind_template_callback (widget, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget, on_search_activate);
  gtk_widget_class_bind_template_callback (widget, on_setup);
  gtk_widget_class_bind_template_callback (widget, on_bind);
  gtk_widget_class_bind_template_callback (widget, on_unbind);
  gtk_widget_class_bind_template_callback (widget, on_activate);
  gtk_widget_class_bind_template_callback (widget, on_key);
  gtk_widget_class_install_action (widget, "runs.delete", "s", action_delete);
  gtk_widget_class_install_action (widget, "runs.rename", "s", action_rename);
  gtk_widget_class_install_action (widget, "runs.undelete", "s", action_undelete);
  gtk_widget_class_add_binding (widget, GDK_KEY_f, GDK_CONTROL_MASK, on_find, NULL);
  gtk_widget_class_add_binding (widget, GDK_KEY_w, GDK_CONTROL_MASK, on_close, NULL);
  gtk_widget_class_add_binding (widget, GDK_KEY_Escape, 0, on_close, NULL);
  gtk_widget_class_add_binding (widget, GDK_KEY_z, GDK_CONTROL_MASK, on_undo, NULL);
}

static void
bf_all_runs_init (BfAllRuns *self)
{
  GtkFilterListModel *filtered;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->deleted = g_array_new (FALSE, FALSE, sizeof (Deleted));
  g_array_set_clear_func (self->deleted, deleted_clear);
  self->store = g_list_store_new (BF_TYPE_KEPT_RUN);
  self->filter = gtk_custom_filter_new (is_wanted, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->store)), g_object_ref (GTK_FILTER (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (filtered));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

BfAllRuns *
bf_all_runs_new (GtkWindow *parent,
                 BfSession *session)
{
  BfAllRuns *self = g_object_new (BF_TYPE_ALL_RUNS, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  fill (self);
  gtk_widget_grab_focus (GTK_WIDGET (get_n_shown (self) > 0 ? GTK_WIDGET (self->list) : GTK_WIDGET (self->search)));
  return self;
}

void
bf_all_runs_add_toast (BfAllRuns  *self,
                       const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_return_if_fail (BF_IS_ALL_RUNS (self));
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

void
bf_all_runs_update (BfAllRuns  *self,
                    const char *uuid,
                    const char *name,
                    int         star)
{
  BfKeptRun *run;

  g_return_if_fail (BF_IS_ALL_RUNS (self));
  run = find_run (self, uuid, NULL);
  if (run && name)
    bf_kept_run_set_name (run, name);
  if (run && star >= 0)
    bf_kept_run_set_star (run, star > 0);
}

GtkSelectionModel *
bf_all_runs_get_runs (BfAllRuns *self)
{
  g_return_val_if_fail (BF_IS_ALL_RUNS (self), NULL);
  return GTK_SELECTION_MODEL (self->selection);
}

const char *
bf_all_runs_get_name (BfAllRuns  *self,
                      const char *uuid)
{
  BfKeptRun *run;

  g_return_val_if_fail (BF_IS_ALL_RUNS (self), NULL);
  run = find_run (self, uuid, NULL);
  return run ? bf_kept_run_get_entry (run)->name : _("Run");
}
