# Weighted quantiles with Woodruff intervals (svyquantile of survey >= 4.1), and the steps that lead to them.
source("tests/reference/helpers.R")
probabilities <- c(.1, .25, .5, .75, .9)

# The definition in words of README.md, by hand: the smallest value whose weighted distribution function reaches p.
smallest_reaching <- function(x, w, p) {
  if (is.na(p) || p < 0 || p > 1) return(NA)
  x <- x[w > 0]; w <- w[w > 0]
  order <- order(x); reached <- cumsum(w[order]) / sum(w)
  x[order][which(reached >= p - 1e-12)[1]]
}
# One case: rows are groups x probabilities, probabilities within groups.
quantiles <- function(design, x, by = NULL, p = probabilities, interval = "mean", qrule = "math", where = TRUE, check = TRUE) {
  where <- rep_len(where, length(x)) & !is.na(x)
  groups <- if (is.null(by)) list("") else as.list(sort(unique(by[where])))
  parts <- lapply(groups, function(g) {
    part <- subset(update(design, .x = x), if (is.null(by)) where else where & by == g)
    found <- svyquantile(~.x, part, p, interval.type = interval, qrule = qrule)$.x
    x <- part$variables$.x; w <- weights(part); df <- degf(part); t <- qt(.975, df)
    steps <- t(sapply(found[, 1], function(q) {
      m <- svymean(~as.numeric(.x <= q), part)
      c(coef(m), SE(m), coef(m) - t * SE(m), coef(m) + t * SE(m)) }))
    if (qrule == "math" && interval == "mean") {
      # what R does, by the words of README.md; R differs from `smallest_reaching` only below the first row's share
      low <- sapply(steps[, 3], function(p) smallest_reaching(x, w, p)); high <- sapply(steps[, 4], function(p) smallest_reaching(x, w, p))
      value <- sapply(p, function(p) smallest_reaching(x, w, p))
      if (check) {
        same(value, found[, 1], "quantile"); same(high, found[, 3], "upper limit")
        below <- !is.na(low) & steps[, 3] < w[order(x)][1] / sum(w)
        same(low[!below], found[!below, 2], "lower limit")
      }
      same((found[, 3] - found[, 2]) / (2 * t), found[, 4], "standard error")
      # the older form of the interval: centred at p, the standard error still that of the distribution function at the quantile
      centred <- function(sign) mapply(function(p, se) smallest_reaching(x, w, min(1, max(0, p + sign * t * se))), p, steps[, 2])
      low_at_p <- centred(-1); high_at_p <- centred(1)
      if (check) {
        old <- oldsvyquantile(~.x, part, p, ci = TRUE, method = "constant", f = 1, interval.type = "Wald", ties = "discrete")
        same(low_at_p, old$CIs[1, , 1], "older lower limit"); same(high_at_p, old$CIs[2, , 1], "older upper limit")
      }
    } else { low_at_p <- NA * p; high_at_p <- NA * p; low <- NA * p; high <- NA * p; value <- NA * p }
    label <- if (is.null(by)) data.frame(p = p) else data.frame(channel = g, p = p)
    list(label = label, n = rep(length(x), length(p)), values = found[, 1], conf_low = found[, 2], conf_high = found[, 3], std_error = found[, 4],
         df = rep(df, length(p)), cdf = steps[, 1], cdf_std_error = steps[, 2], p_low = steps[, 3], p_high = steps[, 4],
         value_by_definition = value, low_by_definition = low, high_by_definition = high,
         low_centred_at_p = low_at_p, high_centred_at_p = high_at_p)
  })
  fields <- setdiff(names(parts[[1]]), "label")
  c(list(labels = do.call(rbind, lapply(parts, `[[`, "label"))),
    setNames(lapply(fields, function(f) unlist(lapply(parts, `[[`, f), use.names = FALSE)), fields))
}

cases <- list()
d <- read_data("straddle.csv")
designs <- list(
  "no fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
for (name in names(designs)) for (column in c("spend", "wait", "overall")) {
  design <- designs[[name]]; x <- d[[column]]
  cases[[paste0(column, ", ", name)]] <- quantiles(design, x)
  cases[[paste0(column, " by channel, ", name)]] <- quantiles(design, x, d$channel)
  cases[[paste0(column, " where region == west, ", name)]] <- quantiles(design, x, where = d$region == "west")
}
for (interval in c("beta", "xlogit", "asin")) cases[[paste0("spend, fpc, interval ", interval)]] <- quantiles(designs$fpc, d$spend, interval = interval)
for (rule in c("school", "hf1", "hf2", "hf4", "hf6", "hf7"))
  cases[[paste0("spend, fpc, qrule ", rule)]] <- quantiles(designs$fpc, d$spend, qrule = rule)

r <- read_data("rows.csv")
rows <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = r)
cases[["rows.csv: amount"]] <- quantiles(rows, r$amount)
cases[["rows.csv: score"]] <- quantiles(rows, r$score)

a <- read_data("apistrat.csv")
apistrat <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = a)
cases[["apistrat: api00"]] <- quantiles(apistrat, a$api00)
# equal weights, so p W falls on a row exactly: with weight 1 R sees the tie, with weight 30.97 rounding error hides it from R
s <- read_data("apisrs.csv")
cases[["apisrs: api00, weight 1"]] <- quantiles(svydesign(ids = ~1, weights = ~one, data = cbind(s, one = 1)), s$api00)
cases[["apisrs: api00, weight 30.97"]] <- quantiles(svydesign(ids = ~1, weights = ~pw, data = s), s$api00, check = FALSE)
# fewer rows than p needs: R's rule below the first row
cases[["rule at small p"]] <- local({
  x <- c(10, 20, 30, 40); w <- c(1, 1, 1, 1); p <- c(0, .1, .2, .25, .3, .5, .75, 1)
  list(x = x, weight = w, p = p, values = sapply(p, function(p) survey:::qrule_math(x, w, p)),
       by_definition = sapply(p, function(p) smallest_reaching(x, w, p)))
})
save_json(cases, "06_quantiles.json")
