/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfToasts shows one toast at a time: the newest takes the place of the one before.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct _BfToasts BfToasts;

/* overlay: borrowed, must outlive it. */
BfToasts *bf_toasts_new       (AdwToastOverlay *overlay);
void      bf_toasts_free      (BfToasts *self);

/* toast: transfer full. */
void      bf_toasts_add       (BfToasts *self, AdwToast *toast);
/* "Saved to Pictures" with a button that opens the folder. */
void      bf_toasts_add_saved (BfToasts *self, GFile *file);

G_END_DECLS
