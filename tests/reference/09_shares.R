# Intervals of shares, also near 0 and 100 %. Each share is on the subset design of its answered rows, since svyciprop takes
# the number of rows and the degrees of freedom of the design it is given.
source("tests/reference/helpers.R")
d <- read_data("straddle.csv")
designs <- list(
  "no fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
shares <- list(
  "overall >= 4" = as.numeric(d$overall >= 4), "overall == 1" = as.numeric(d$overall == 1), "recommend <= 1" = as.numeric(d$recommend <= 1),
  "resolved" = d$resolved, "spend < 150" = as.numeric(d$spend < 150), "visits >= 8" = as.numeric(d$visits >= 8),
  "visits >= 1 (all)" = as.numeric(d$visits >= 1), "wait > 60 (none)" = as.numeric(d$wait > 60))
domains <- list("everyone" = rep(TRUE, nrow(d)), "chat" = d$channel == "chat", "west" = d$region == "west")
methods <- c("logit", "likelihood", "beta", "mean", "xlogit", "asin")

interval <- function(part, y, level) {
  m <- svymean(~.y, part); p <- unname(coef(m)); v <- as.numeric(vcov(m)); n <- nrow(part); df <- degf(part); w <- weights(part)
  alpha <- 1 - level
  fields <- list(values = p, std_error = sqrt(v), n = n, df = df, level = level, n_positive = sum(part$variables$.y))
  messages <- list()
  for (method in methods) {
    ci <- tryCatch(suppressWarnings(as.numeric(attr(svyciprop(~.y, part, method = method, level = level), "ci"))),
                   error = function(e) { messages[[method]] <<- conditionMessage(e); c(NA, NA) })
    fields[[method]] <- list(conf_low = ci[1], conf_high = ci[2])
  }
  n_eff <- if (v > 0) p * (1 - p) / v else NA
  adjusted <- n_eff * (qt(alpha / 2, n - 1) / qt(alpha / 2, df))^2; capped <- min(n, adjusted)
  fields$n_effective <- n_eff                     # p (1 - p) / V
  fields$n_effective_beta <- adjusted             # times (t_{n-1} / t_df)^2, as R's "beta" takes it: not capped
  fields$n_effective_kish <- sum(w)^2 / sum(w^2)
  fields$korn_graubard_capped <- list(conf_low = qbeta(alpha / 2, capped * p, capped * (1 - p) + 1),
                                      conf_high = qbeta(1 - alpha / 2, capped * p + 1, capped * (1 - p)))
  # Wilson's interval by hand with effective n, normal and t quantiles
  wilson <- function(q, n) { mid <- (p + q^2 / (2 * n)) / (1 + q^2 / n); half <- q / (1 + q^2 / n) * sqrt(p * (1 - p) / n + q^2 / (4 * n^2))
    list(conf_low = mid - half, conf_high = mid + half) }
  fields$wilson_t <- wilson(qt(1 - alpha / 2, df), n_eff)
  fields$wilson_z <- wilson(qnorm(1 - alpha / 2), n_eff)
  fields$errors <- messages
  fields
}
cases <- list()
for (name in names(designs)) for (domain in names(domains)) for (share in names(shares)) {
  y <- shares[[share]]
  part <- subset(update(designs[[name]], .y = y), domains[[domain]] & !is.na(y))
  cases[[paste0(share, ", ", domain, ", ", name)]] <- interval(part, y, .95)
  if (domain == "everyone" && name == "fpc") cases[[paste0(share, ", ", domain, ", ", name, ", level .90")]] <- interval(part, y, .90)
}
save_json(cases, "09_shares.json")
