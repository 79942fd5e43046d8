# Shared by the NN_topic.R scripts. An estimate is built by hand from influence values (one column a cell),
# its covariance is svyrecvar() of those columns over the whole design, and every cell is then checked against
# the survey package's own functions on the subset design. A script stops if a check fails.

suppressMessages({ library(survey); library(jsonlite) })
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE, survey.ultimate.cluster = FALSE)

folder <- "tests/reference"
read_data <- function(name) {
  frame <- read.csv(file.path(folder, "data", name), na.strings = c("", "NA"), stringsAsFactors = FALSE)
  if (all(c("region", "zone") %in% names(frame))) frame$stratum <- interaction(frame$region, frame$zone, drop = TRUE)
  frame
}
same <- function(ours, theirs, what, tolerance = 1e-9) {
  ours <- as.numeric(ours); theirs <- as.numeric(theirs)
  scale <- max(1e-12, abs(theirs), na.rm = TRUE)
  if (length(ours) != length(theirs) || any(is.na(ours) != is.na(theirs)) ||
      any(abs(ours - theirs) > tolerance * scale, na.rm = TRUE))
    stop("check failed: ", what, ": ", paste(head(ours, 8), collapse = " "), " against ",
         paste(head(theirs, 8), collapse = " "))
}

# ---- scores: what a row is worth and who counts -------------------------------------------------------------
mean_of <- function(y) list(kind = "mean", numerator = y, denominator = rep(1, length(y)), base = !is.na(y))
share_of <- function(yes) mean_of(as.numeric(yes))
total_of <- function(y) list(kind = "total", numerator = y, denominator = rep(1, length(y)), base = !is.na(y))
ratio_of <- function(y, x) list(kind = "ratio", numerator = y, denominator = x, base = !is.na(y) & !is.na(x))

five_scores <- function(d) list(
  csat = mean_of(100 * (d$overall >= 4)),
  nps = mean_of(100 * ((d$recommend >= 9) - (d$recommend <= 6))),
  fcr = mean_of(100 * d$resolved),
  spend = mean_of(d$spend),
  overall = mean_of(d$overall))

non_empty_df <- function(design, rows)
  length(unique(design$cluster[rows, 1])) - length(unique(design$strata[rows, 1]))

# ---- joint estimate -------------------------------------------------------------------------------------------
# Rows: scores in the order given, within them groups in sorted order (the first `by` varies slowest).
# `by` is a named list of columns. Every PSU of the design is kept: rows outside the domain have influence 0.
joint <- function(design, scores, by = NULL, where = TRUE, check = TRUE) {
  rows <- length(design$prob)
  where <- rep_len(where, rows) & !is.na(where)
  groups <- if (is.null(by)) NULL else {
    present <- unique(as.data.frame(by, stringsAsFactors = FALSE)[where, , drop = FALSE])
    present[do.call(order, c(unname(as.list(present)), method = "radix")), , drop = FALSE]
  }
  w <- weights(design)
  cells <- list()
  for (metric in names(scores)) for (g in seq_len(max(1, NROW(groups)))) {
    score <- scores[[metric]]
    inside <- where & score$base
    label <- data.frame(metric = metric, stringsAsFactors = FALSE)
    for (column in names(by)) {
      inside <- inside & by[[column]] == groups[g, column]
      label[[column]] <- groups[g, column]
    }
    if (!any(inside)) next
    y <- ifelse(inside, score$numerator, 0)
    x <- ifelse(inside, score$denominator, 0)
    if (score$kind == "total") { value <- sum(w * y); z <- w * y }
    else { value <- sum(w * y) / sum(w * x); z <- w * (y - value * x) / sum(w * x) }
    cells[[length(cells) + 1]] <- list(label = label, kind = score$kind, inside = inside, y = y, x = x, value = value, z = z)
  }
  z <- sapply(cells, `[[`, "z")
  vcov <- unname(svyrecvar(z, design$cluster, design$strata, design$fpc))
  result <- list(labels = do.call(rbind, lapply(cells, `[[`, "label")),
       n = sapply(cells, function(cell) sum(cell$inside)),
       sum_weights = sapply(cells, function(cell) sum(w[cell$inside])),
       values = sapply(cells, `[[`, "value"), std_error = sqrt(diag(vcov)), vcov = vcov,
       df = sapply(cells, function(cell) non_empty_df(design, cell$inside)))
  if (check) check_joint(design, cells, result)
  attr(result, "inside") <- lapply(cells, `[[`, "inside")
  result
}

# Every cell against svymean / svytotal / svyratio and degf of the subset design; all covariances against
# svyratio(covmat = TRUE) and vcov(svytotal()) on the whole design.
check_joint <- function(design, cells, result) {
  kinds <- sapply(cells, `[[`, "kind")
  for (i in seq_along(cells)) {
    cell <- cells[[i]]
    d <- update(design, .y = cell$y, .x = cell$x, .in = cell$inside)
    part <- subset(d, .in)
    theirs <- switch(cell$kind, mean = svymean(~.y, part), total = svytotal(~.y, part), ratio = svyratio(~.y, ~.x, part))
    what <- paste(unlist(cell$label), collapse = " ")
    same(result$values[i], coef(theirs), paste("value", what))
    same(result$std_error[i], SE(theirs), paste("standard error", what))
    same(result$df[i], degf(part), paste("df", what))
  }
  few <- sum(kinds != "total") <= 24
  if (any(kinds != "total") && few) {
    i <- which(kinds != "total"); k <- length(i)
    y <- as.data.frame(sapply(cells[i], `[[`, "y")); names(y) <- paste0("y", seq_len(k))
    x <- as.data.frame(sapply(cells[i], `[[`, "x")); names(x) <- paste0("x", seq_len(k))
    d <- design; d$variables <- cbind(y, x)
    ratios <- svyratio(reformulate(names(y)), reformulate(names(x)), d, covmat = TRUE)
    own <- (seq_len(k) - 1) * k + seq_len(k)
    same(result$vcov[i, i], vcov(ratios)[own, own], "joint covariance against svyratio")
  }
  if (any(kinds == "total")) {
    i <- which(kinds == "total")
    y <- as.data.frame(sapply(cells[i], `[[`, "y")); names(y) <- paste0("y", seq_along(i))
    d <- design; d$variables <- y
    same(result$vcov[i, i], vcov(svytotal(reformulate(names(y)), d)), "joint covariance against svytotal")
  }
}

# ---- transforms of a joint estimate -----------------------------------------------------------------------------
as_svystat <- function(estimate, names) {
  structure(setNames(estimate$values, names), var = structure(estimate$vcov, dimnames = list(names, names)),
            statistic = "estimate", class = "svystat")
}
union_df <- function(design, estimate, which) {
  inside <- attr(estimate, "inside")[which]
  non_empty_df(design, Reduce(`|`, inside))
}
# rows of `weights` are contrasts of the cells of `estimate`
linear <- function(design, estimate, weights, labels) {
  weights <- rbind(weights)
  vcov <- weights %*% estimate$vcov %*% t(weights)
  list(labels = labels, values = as.numeric(weights %*% estimate$values), std_error = sqrt(diag(vcov)), vcov = unname(vcov),
       df = apply(weights, 1, function(w) union_df(design, estimate, w != 0)))
}

# ---- output ----------------------------------------------------------------------------------------------------
# Lists stay lists (also of length one), matrices are lists of rows, an unknown number is null.
shape <- function(case) {
  lapply(unclass(case), function(field) {
    if (is.data.frame(field) || is.matrix(field)) { if (is.matrix(field)) dimnames(field) <- NULL; field }
    else if (is.list(field)) shape(field)
    else if (is.character(field) && length(field) == 1 && !inherits(field, "AsIs")) field
    else I(unname(as.vector(field)))
  })
}
save_json <- function(cases, name) {
  cases <- lapply(cases, function(case) { attr(case, "inside") <- NULL; shape(case) })
  write_json(cases, file.path(folder, name), digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
  cat(name, ":", length(cases), "cases\n")
}
one_label <- function(metric, ...) data.frame(metric = metric, ..., stringsAsFactors = FALSE)
