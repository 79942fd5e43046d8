# Published figures: Clopper and Pearson's limits at both ends of the rounding (binom.test), lm() and cor.test() over a small
# table of groups with every group left out in turn, Fisher's interval of a printed r, least-squares weights of a trend.
source("tests/reference/helpers.R")
cases <- list()
add <- function(.case, ...) cases[[.case]] <<- list(...)

# ---- a printed percentage: every number of people that rounds to it ---------------------------------------------------
for (figure in list(c(67, 6723, 0), c(6, 1018, 0), c(0, 40, 0), c(100, 40, 0), c(68.8, 5342, 1), c(17, 29, 0))) {
  half <- .5 * 10^-figure[3]; n <- figure[2]; k <- 0:n
  fits <- range(k[abs(100 * k / n - figure[1]) <= half + 1e-9])
  for (level in c(.95, .90))
    add(sprintf("percentage %g of %g, level %g", figure[1], n, level), value = figure[1], n = n, decimals = figure[3], level = level,
        rounding = 100 * fits / n,
        limits = 100 * c(binom.test(fits[1], n, conf.level = level)$conf.int[1], binom.test(fits[2], n, conf.level = level)$conf.int[2]))
}

# ---- a table of groups -----------------------------------------------------------------------------------------------
# Fisher's z is biased by r / (2 (n - 1)) away from 0: the limit towards 0 allows for it
wide <- function(r, limits, n) range(limits, tanh(atanh(limits) - r / (2 * (n - 1))))
sqm <- data.frame(group = c("retail", "insurance", "health", "energy", "finance", "tech", "telco"),
                  x = c(78, 76, 72, 72, 71, 65, 61), y = c(81, 80, 80, 76, 75, 75, 68))
line <- function(d, level) { fit <- lm(y ~ x, d); unname(c(coef(fit)[2], confint(fit, level = level)[2, ])) }
for (level in c(.95, .90)) {
  r <- cor.test(sqm$x, sqm$y, conf.level = level)
  r$conf.int <- wide(r$estimate, r$conf.int, nrow(sqm))
  add(paste("table, level", level), groups = sqm$group, x = sqm$x, y = sqm$y, level = level, slope = line(sqm, level),
      correlation = unname(c(r$estimate, r$conf.int)),
      without = t(sapply(seq_len(nrow(sqm)), function(i) c(line(sqm[-i, ], level), cor(sqm$x[-i], sqm$y[-i])))))
}

# ---- a printed correlation: cor.test of data that have exactly that r -----------------------------------------------------
exact_r <- function(r, n) {
  set.seed(1); z <- scale(qr.Q(qr(cbind(1, matrix(rnorm(2 * n), n))))[, 2:3]); cbind(z[, 1], r * z[, 1] + sqrt(1 - r^2) * z[, 2]) }
for (r in c(.40, -.45, .86)) for (n in c(5, 20)) {
  ends <- sapply(c(r - .005, r + .005), function(r) { d <- exact_r(r, n); wide(r, cor.test(d[, 1], d[, 2])$conf.int, n) })
  add(sprintf("correlation %g of %g", r, n), value = r, n = n, limits = c(ends[1, 1], ends[2, 2]))
}

# ---- a trend: the slope of lm() ------------------------------------------------------------------------------------------
bart <- data.frame(year = seq(2008, 2018, 2), value = c(83.8, 81.9, 83.9, 74.3, 68.8, 56))
add("trend", year = bart$year, value = bart$value, slope = unname(coef(lm(value ~ year, bart))[2]))

write_json(cases, file.path(folder, "12_published.json"), digits = NA, auto_unbox = TRUE, pretty = TRUE)
cat("12_published.json :", length(cases), "cases\n")
