"""For each claim of the catalogue a world in which it is true and one in which it is false: the truths to change.

``simulate_world(**TRUE["gap-widens"])`` draws the one, ``simulate_world(**FALSE["gap-widens"])`` the other. The changes are the
fewest that put the claim clearly on one side; what is not named is as in `Truth`.
"""

from __future__ import annotations

from typing import Any

from cxstats.datasets.synthetic.truth import CHANNELS, SEGMENTS, TOUCHPOINTS

World = dict[str, Any]

EVEN: World = {"branch_spread": 0.02, "satisfied_per_year": 0.0, "satisfied_channel": dict.fromkeys(CHANNELS, 0.0)}

TRUE: dict[str, World] = {
    "needs-before-delight": {},
    "needs-are-necessary": {"satisfied": (0.05, 0.84), **EVEN},
    "enjoyed-but-unmet": {"satisfied": (0.50, 0.80)},
    "service-beats-amenities": {},
    "averages-hide-people": {},
    "customers-differ": {},
    "bots-cost-loyalty": {},
    "service-creates-loyalty": {},
    "good-service-is-rare": {"resolved": (0.20, 0.70)},
    "gap-widens": {},
    "not-getting-better": {"satisfaction_per_year": -0.10},
    "service-top-three": {},
    "prize-grows": {"wow_spend_per_year": 10.0},
    "poor-service-leaves": {},
    "technology-away-from-basics": {},
    "programmes-fail": {"programme_effect": {"service": 0.0}},
    "marketing-led-fails": {"programme_effect": {"marketing": 0.0, "service": 0.4}, "satisfaction": 4.2},
    "epic-is-rare": {},
    "fast-easy-fair": {},
    "effort-is-forced": {
        "wait": {"app": 12.0, "branch": 15.0, "phone": 15.0, "web": 12.0},
        "repeated_information": (0.35, 0.60),
    },
    "self-service-fails": {},
    "follow-ups-not-kept": {},
    "price-or-experience": {},
    "wow-not-worth-it": {},
    "frictionless-is-enough": {"level_effect": {"wow": 0.0}},
    "adequate-pays": {"spend": {"poor": 35.0}},
    "roi-less-than-thought": {},
    "young-avoid-phone": {},
    "phone-is-dying": {},
    "channels-consistent": {"satisfaction_channel": dict.fromkeys(CHANNELS, 0.0)},
    "provider-customer-gap": {},
    "closing-the-gap-is-key": {},
    "before-the-sale": {"touchpoint_effect": {"advertising": 0.15, "purchase": 0.15}},
    "service-may-not-repair": {},
    "manner-matters": {},
    "manner-beats-words": {"need_effect": 0.2},
    "target-trade-off": {},
    "word-of-mouth": {},
    "experience-has-two-signs": {},
    "technology-wrong-customer": {"technology_effect": (-0.3, 0.05)},
    "back-office-counts": {},
    "no-perfection-expected": {},
    "few-touchpoints-matter": {},
    "norms-mislead": {},
    "firms-misjudge-expectations": {},
    "innovation-not-needed": {},
    "cheap-can-be-good": {},
}

FALSE: dict[str, World] = {
    "needs-before-delight": {"delight_effect": (0.4, 0.1)},
    "needs-are-necessary": {},
    "enjoyed-but-unmet": {"satisfied": (0.18, 0.84)},
    "service-beats-amenities": {
        "item_effect": {"expertise": 0.0, "timeliness": 0.0, "decor": 0.12, "drinks": 0.12, "hold_music": 0.12},
        "rating_if_unmet": {"expertise": 0.0, "timeliness": 0.0},
        "favourite_effect": 0.0,
    },
    "averages-hide-people": {"need_met_segment": dict.fromkeys(SEGMENTS, 0.0)},
    "customers-differ": {"favourite_effect": 0.0, "need_met_segment": dict.fromkeys(SEGMENTS, 0.0)},
    "bots-cost-loyalty": {"bot_effect": 0.2},
    "service-creates-loyalty": {"level_effect": {"poor": -0.05, "wow": 0.0}},
    "good-service-is-rare": {"resolved": (0.35, 0.98), "ease_if_unmet": -0.5},
    "gap-widens": {"expected_per_year": -0.10},
    "not-getting-better": {"satisfaction_per_year": 0.15},
    "service-top-three": {"touchpoint_effect": {"support": 0.02}},
    "prize-grows": {"wow_spend_per_year": -10.0},
    "poor-service-leaves": {"renewed": {"poor": 0.62}},
    "technology-away-from-basics": {"basics_per_technology": 1.0},
    "programmes-fail": {"programme_effect": {"marketing": 0.5, "service": 0.6}, "satisfaction": 4.0},
    "marketing-led-fails": {"programme_effect": {"marketing": 0.4, "service": 0.0}, "satisfaction": 4.2},
    "epic-is-rare": {
        "rating": {"easy": 3.8, "personalised": 3.8, "intuitive": 3.8, "contextual": 3.8},
        "rating_if_unmet": {"easy": 0.0, "personalised": 0.0, "intuitive": 0.0, "contextual": 0.0},
    },
    "fast-easy-fair": {
        "item_effect": {"fast": 0.0, "fair": 0.0, "easy": 0.0},
        "rating_if_unmet": {"fast": 0.0, "fair": 0.0, "easy": 0.0},
        "favourite_effect": 0.0,
    },
    "effort-is-forced": {"wait": {"branch": 4.0, "phone": 4.0}},
    "self-service-fails": {"self_service_tried": {"phone": 0.05}},
    "follow-ups-not-kept": {"follow_up_kept": 0.97},
    "price-or-experience": {"would_pay_more": (0.70, 0.90)},
    "wow-not-worth-it": {"spend": {"wow": 85.0}},
    "frictionless-is-enough": {"level_effect": {"wow": 0.7}, "loyalty": 6.0},
    "adequate-pays": {"spend": {"poor": 55.0}},
    "roi-less-than-thought": {"planned_return": {"wow": 0.1}, "spend": {"wow": 70.0}},
    "young-avoid-phone": {"phone_share": {"18-24": 0.6}},
    "phone-is-dying": {"phone_per_quarter": 0.01},
    "channels-consistent": {"satisfaction_channel": {"phone": -0.4}},
    "provider-customer-gap": {"staff_over_customers": -0.3},
    "closing-the-gap-is-key": {"perception_effect": 0.5},
    "before-the-sale": {},
    "service-may-not-repair": {"bad_first_impression_effect": 0.2},
    "manner-matters": {"manner_effect": 0.05},
    "manner-beats-words": {},
    "target-trade-off": {"tailored_effect": (0.2, 0.3)},
    "word-of-mouth": {"told_others": {"wow": 0.15}},
    "experience-has-two-signs": {"satisfied": (0.93, 0.95), **EVEN},
    "technology-wrong-customer": {"technology_effect": (0.3, 0.0)},
    "back-office-counts": {"touchpoint_effect": {"back_office": 0.03}},
    "no-perfection-expected": {"perfectionists": 0.25},
    "few-touchpoints-matter": {"touchpoint_effect": dict.fromkeys(TOUCHPOINTS, 0.1)},
    "norms-mislead": {"expected_industry": {"bank": 0.2, "insurance": -0.6, "retail": -0.6, "telecom": 0.2}},
    "firms-misjudge-expectations": {"guess_error": dict.fromkeys(TOUCHPOINTS, 0.0)},
    "innovation-not-needed": {"innovation_effect": 0.12, "satisfaction": 4.1},
    "cheap-can-be-good": {"improvement": (-0.05, 0.45)},
}
