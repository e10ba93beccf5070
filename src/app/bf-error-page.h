/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfErrorPage stands where the figures would when there is nothing to draw them from: it says what is
 * in the way and what to do, and for data that cannot be read it asks for another place.
 */
#pragma once

#include <adwaita.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_ERROR_PAGE (bf_error_page_get_type ())
G_DECLARE_FINAL_TYPE (BfErrorPage, bf_error_page, BF, ERROR_PAGE, AdwBin)

void     bf_error_page_set_session (BfErrorPage *self, BfSession *session);

/* Puts what is in the way into words; FALSE: nothing is, and the page has nothing to say. */
gboolean bf_error_page_update      (BfErrorPage *self);

G_END_DECLS
