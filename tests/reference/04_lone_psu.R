# One stratum has one PSU. options(survey.lonely.psu): fail, adjust (cxstats "center"), remove ("skip"), certainty.
source("tests/reference/helpers.R")
d <- read_data("lone.csv")
make <- function(fpc) if (fpc) svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d) else
  svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d)
means <- list(csat = mean_of(100 * (d$overall >= 4)), spend = mean_of(d$spend))
totals <- list(spend = total_of(d$spend), visits = total_of(d$visits))
ratios <- list("spend / visits" = ratio_of(d$spend, d$visits))
channel <- list(channel = d$channel)
cases <- list()

for (rule in c("adjust", "remove", "certainty")) for (fpc in c(FALSE, TRUE)) {
  options(survey.lonely.psu = rule)
  design <- make(fpc)
  case <- function(what) paste0(what, ", ", rule, ", ", if (fpc) "fpc" else "no fpc")
  cases[[case("means")]] <- joint(design, means)
  cases[[case("means by channel")]] <- joint(design, means, by = channel)
  cases[[case("totals")]] <- joint(design, totals)
  cases[[case("totals by channel")]] <- joint(design, totals, by = channel)
  cases[[case("ratio")]] <- joint(design, ratios)
  cases[[case("ratio by channel")]] <- joint(design, ratios, by = channel)
  cases[[case("means where region == south and channel == app")]] <-
    joint(design, means, where = d$region == "south" & d$channel == "app")
}

# R's "adjust" takes the lone PSU's influence value as its deviation: for a mean or ratio the values add up to zero over the
# sample, so this is a deviation from the average; a total's values do not, and R squares the whole PSU total. By hand here:
# the lone PSU's total minus the average PSU total over the whole sample (all PSUs, those empty in the domain as zero).
centred_totals <- function(design, scores, by = NULL) {
  found <- joint(design, scores, by = by, check = FALSE)
  w <- weights(design)
  z <- mapply(function(inside, metric) w * ifelse(inside, scores[[metric]]$numerator, 0), attr(found, "inside"), found$labels$metric)
  psu <- design$cluster[[1]]
  z_psu <- rowsum(z, psu); first <- match(rownames(z_psu), psu)
  stratum <- as.character(design$strata[first, 1]); sampled <- table(stratum)
  population <- if (is.null(design$fpc$popsize)) rep(Inf, length(first)) else design$fpc$popsize[first, 1]
  grand <- colMeans(z_psu); V <- 0
  for (h in names(sampled)) {
    part <- z_psu[stratum == h, , drop = FALSE]; n <- sampled[[h]]; f <- 1 - n / population[stratum == h][1]
    V <- V + if (n == 1) f * tcrossprod(part[1, ] - grand) else f * n / (n - 1) * crossprod(sweep(part, 2, colMeans(part)))
  }
  found$vcov <- unname(V); found$std_error <- sqrt(diag(V)); found
}
for (fpc in c(FALSE, TRUE)) {
  tail <- paste0(", centred at the average PSU total by hand, ", if (fpc) "fpc" else "no fpc")
  cases[[paste0("totals", tail)]] <- centred_totals(make(fpc), totals)
  cases[[paste0("totals by channel", tail)]] <- centred_totals(make(fpc), totals, channel)
}

# "fail": which estimates R refuses. A subset design without the lone stratum, or a domain that leaves one PSU
# in a stratum that has several, is not refused.
options(survey.lonely.psu = "fail")
message_of <- function(expression) tryCatch({ force(expression); "" }, error = conditionMessage)
design <- make(FALSE)
cases[["fail"]] <- list(
  "mean" = message_of(svymean(~spend, design, na.rm = TRUE)),
  "total" = message_of(svytotal(~visits, design)),
  "ratio" = message_of(svyratio(~spend, ~visits, design, na.rm = TRUE)),
  "mean of chat (not met in the lone stratum)" = message_of(svymean(~spend, subset(design, channel == "chat"), na.rm = TRUE)),
  "mean of app in region south (one PSU left of three)" =
    message_of(svymean(~spend, subset(design, region == "south" & zone == 1 & channel == "app"), na.rm = TRUE)),
  "svyby joint covariance over channels" =
    message_of(svyby(~visits, ~channel, design, svymean, covmat = TRUE)))
cases[["fail, fpc equal to the one sampled PSU"]] <- local({
  census <- d; census$fpc[census$region == "west" & census$zone == 2] <- 1
  d2 <- svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = census)
  joint(d2, means)
})
# a domain that meets one PSU of a stratum of three: its two other PSUs count as zero
part <- subset(make(TRUE), region == "south" & zone == 1 & channel == "app")
cases[["one PSU left by the domain, fpc"]] <- list(labels = one_label("spend"), values = unname(coef(svymean(~spend, part, na.rm = TRUE))),
  std_error = unname(as.numeric(SE(svymean(~spend, part, na.rm = TRUE)))), df = degf(subset(part, !is.na(spend))),
  psus_in_domain = length(unique(part$variables$branch)))
cases[["total, one PSU left by the domain, fpc"]] <- list(labels = one_label("visits"), values = unname(coef(svytotal(~visits, part))),
  std_error = unname(as.numeric(SE(svytotal(~visits, part)))), df = degf(part), psus_in_domain = length(unique(part$variables$branch)))
save_json(cases, "04_lone_psu.json")
