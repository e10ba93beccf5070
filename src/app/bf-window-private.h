/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfWindow share.
 */
#pragma once

#include "bf-all-runs.h"
#include "bf-centre.h"
#include "bf-network-pane.h"
#include "bf-readout.h"
#include "bf-remedy-pane.h"
#include "bf-status-bar.h"
#include "bf-study-page.h"
#include "bf-study-pane.h"
#include "bf-training-settings.h"
#include "bf-window.h"

G_BEGIN_DECLS

/* Three columns; the right pane an overlay; both panes overlays. */
typedef enum { BF_WIDTH_WIDE, BF_WIDTH_MEDIUM, BF_WIDTH_NARROW } BfWidth;

/* The network picture as high as it likes; lower; folded into the stream alone. */
typedef enum { BF_HEIGHT_TALL, BF_HEIGHT_SHORT, BF_HEIGHT_FOLDED } BfHeight;

/* A GtkPaned that had a child added or shown places its handle by what it remembers from before;
 * so the handle is set once more, after the next allocation. */
typedef enum { BF_SETTLED, BF_SETTLING_ALLOCATION, BF_SETTLING_HANDLES } BfSettling;

typedef enum { BF_SIDE_LEFT, BF_SIDE_RIGHT, BF_N_SIDES } BfSide;

typedef struct
{
  GtkWidget *pane;
  GtkPaned *paned;         /* its column, or */
  GtkRevealer *revealer;   /* over the centre */
  const char *action;      /* that shows and hides it */
  int width;               /* of the column as the user set it; kept while the pane is an overlay */
  gboolean docked;
  gboolean shown;          /* in its column, as the user chose */
  gboolean open;           /* over the centre */
  int least, tried;   /* what it needs, and what its column was made for last */
} BfPaneState;

struct _BfWindow
{
  AdwApplicationWindow parent_instance;

  AdwWindowTitle *title;
  GtkWidget *train_button;
  AdwButtonContent *train_content;
  GtkWidget *reset_button;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkWidget *menu_button;
  GMenu *narrow_menu;
  GMenu *examples_menu;
  GMenu *recent_menu;
  GMenu *code_menu;
  GtkPaned *outer_paned;
  GtkPaned *inner_paned;
  GtkWidget *left;
  GtkWidget *right;
  GtkRevealer *scrim;
  GtkRevealer *left_revealer;
  GtkRevealer *right_revealer;
  BfNetworkPane *network_pane;
  BfReadout *readout;
  BfCentre *centre;
  BfRemedyPane *remedy_pane;
  BfTrainingSettings *training_settings;
  BfStatusBar *status_bar;
  GtkStack *right_stack;
  BfStudyPane *study_pane;
  BfStudyPage *study_page;           /* in the centre */

  BfSession *session;                /* owned */
  BfStudySession *study;             /* owned */
  BfSessionDiagnosis *diagnosis;     /* owned */
  GSimpleActionGroup *run_actions;   /* owned */
  GSimpleActionGroup *kept_actions;  /* owned */
  BfAllRuns *all_runs;               /* the list of all runs while it is open, or NULL */

  AdwToast *undo_toast;              /* offers to undo the last step; owned, NULL when there is none */
  char *undo_label;                  /* that step */
  guint last_run;                    /* number of the current run, as last told */
  guint notebook_timer;
  int notebook_problem;              /* code of the one last told, or -1 */
  guint tick;                        /* polls the session; 0 while nothing is under way */
  BfWidth width;
  BfHeight height;
  GtkStack *screens;                 /* the laboratory and the welcome page; NULL before that was shown */
  guint panes_idle;
  BfSettling settling;
  BfPaneState sides[BF_N_SIDES];
};

/* bf-window.c */
void bf_window_watch (BfWindow *self);   /* polls until nothing is under way */
void bf_window_toast (BfWindow *self, const char *text, gboolean undoable);
void bf_window_update_train_button (BfWindow *self);
void bf_window_update_title (BfWindow *self);

/* bf-window-actions.c */
void bf_window_init_actions   (BfWindow *self);
void bf_window_update_actions (BfWindow *self);

/* bf-window-files.c */
void bf_window_init_files   (BfWindow *self);
void bf_window_choose_file  (BfWindow *self);
void bf_window_save         (BfWindow *self);
void bf_window_save_as      (BfWindow *self);
void bf_window_open_example (BfWindow *self, const char *id);
/* In this window, or in another when something here is not saved, where `text` is told. */
void bf_window_open_spec    (BfWindow *self, BfSpec *spec, const char *text);
/* The window for another experiment: this one, unless something in it is not saved. */
BfWindow *bf_window_choose_window (BfWindow *self);
void bf_window_prefer       (BfSpec *spec);   /* gives a ready-made experiment what the user prefers */

/* bf-window-recent.c */
void bf_window_init_recent (BfWindow *self);
void bf_window_add_recent  (BfWindow *self, GFile *file);

/* bf-window-report.c */
void bf_window_init_report   (BfWindow *self);
/* Draws and writes it, and says so, or why not. */
void bf_window_export_report (BfWindow *self, GFile *file);

/* bf-window-code.c */
void bf_window_init_code (BfWindow *self);

/* bf-window-notebook.c: tells whether all is saved. interrupted: the run shown was training when the program ended. */
void bf_window_init_notebook    (BfWindow *self, gboolean interrupted);
void bf_window_dispose_notebook (BfWindow *self);

/* bf-window-runs.c */
void bf_window_init_runs    (BfWindow *self);
void bf_window_dispose_runs (BfWindow *self);
/* Writes a run of the notebook (kind: bf-run-export.h) and says so, or why not. */
void bf_window_export_run   (BfWindow *self, const char *uuid, const char *kind, const char *path);

/* bf-window-study.c */
void     bf_window_init_study  (BfWindow *self);
void     bf_window_set_study   (BfWindow *self, BfStudySession *study);   /* transfer full */
void     bf_window_open_study  (BfWindow *self, BfStudy *study);
void     bf_window_offer_study (BfWindow *self);   /* the one that was under way when the program ended */
gboolean bf_window_shows_study (BfWindow *self);   /* in the right pane */

/* bf-window-weights.c */
void bf_window_init_weights (BfWindow *self);
void bf_window_save_weights (BfWindow *self, const char *path);   /* and says so, or why not */
void bf_window_load_weights (BfWindow *self, const char *path);

/* bf-window-welcome.c */
gboolean bf_window_leave_welcome (BfWindow *self);   /* whether it was shown */

/* bf-window-panes.c */
void     bf_window_init_panes     (BfWindow *self);
void     bf_window_dispose_panes  (BfWindow *self);
void     bf_window_allocate_panes (BfWindow *self, int width, int height);
void     bf_window_show_side      (BfWindow *self, BfSide side, gboolean show);
gboolean bf_window_close_overlays (BfWindow *self);   /* whether there was one */
void     bf_window_update_narrow_menu (BfWindow *self);
void     bf_window_next_pane      (BfWindow *self, int direction);

G_END_DECLS
