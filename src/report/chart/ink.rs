//! Colours by meaning, in a light and a dark theme.
//!
//! One idea: charts name what a colour means; the theme says what it looks like. The four colours
//! of lines are those of Okabe and Ito (2008) that keep a contrast of 3:1 on white; brown and grey
//! were chosen to keep it too, and the dark theme has them lighter, so that faint bands are seen on
//! it. The scale of heat runs in one hue, and more always stands out more from the paper.

use std::fmt::Write as _;

use plotters::style::RGBColor;

use super::scene::Point;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on white.
    Light,
    /// Light ink on near-black.
    Dark,
}

/// Steps of the heat scale above zero.
pub(crate) const HEAT_STEPS: u8 = 20;

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Behind everything.
    Paper,
    /// Words and the main line.
    Text,
    /// Words of less weight.
    Muted,
    /// Axes and grid.
    Rule,
    /// What is too small to matter.
    Band,
    /// Nothing, on the heat scale.
    Zero,
    /// The heat scale, 0 to `HEAT_STEPS`.
    Heat(u8),
    /// Blue: served.
    Blue,
    /// Vermillion: abandoned.
    Vermillion,
    /// Green: sold out.
    Green,
    /// Purple: refused.
    Purple,
    /// Brown: failed.
    Brown,
    /// Grey: the baseline, and users still inside.
    Grey,
}

impl Ink {
    /// The ink of a share from 0 to 1 on the heat scale.
    pub(crate) fn heat(share: f64) -> Ink {
        if share <= 0.0 {
            return Ink::Zero;
        }
        Ink::Heat((share.min(1.0) * f64::from(HEAT_STEPS)).round() as u8)
    }

    /// Red, green and blue.
    pub(crate) fn rgb(self, theme: Theme) -> RGBColor {
        let is_light = theme == Theme::Light;
        let of = |light: u32, dark: u32| hex(if is_light { light } else { dark });
        match self {
            Ink::Paper => of(0xFFFFFF, 0x111217),
            Ink::Text => of(0x1A1A1E, 0xECECF1),
            Ink::Muted => of(0x55565C, 0xA9AAB3),
            Ink::Rule => of(0xD9DAE0, 0x3B3E48),
            Ink::Band => of(0xE2E3E8, 0x3A3C46),
            Ink::Zero => of(0xF1F1F4, 0x1D1F26),
            Ink::Heat(step) => warmth(step, theme),
            Ink::Blue => of(0x0072B2, 0x4FA9E6),
            Ink::Vermillion => of(0xD55E00, 0xEE8237),
            Ink::Green => of(0x009E73, 0x2FBF96),
            Ink::Purple => of(0xCC79A7, 0xDF9AC1),
            Ink::Brown => of(0x9A6700, 0xC79A3A),
            Ink::Grey => of(0x767676, 0x9A9BA3),
        }
    }

    /// Every ink that differs between the themes.
    fn themed() -> Vec<Ink> {
        let named = [
            Ink::Paper,
            Ink::Text,
            Ink::Muted,
            Ink::Rule,
            Ink::Band,
            Ink::Zero,
            Ink::Blue,
            Ink::Vermillion,
            Ink::Green,
            Ink::Purple,
            Ink::Brown,
            Ink::Grey,
        ];
        let heat = (0..=HEAT_STEPS).map(Ink::Heat);
        named.into_iter().chain(heat).collect()
    }
}

fn hex(code: u32) -> RGBColor {
    let byte = |shift: u32| ((code >> shift) & 0xFF) as u8;
    RGBColor(byte(16), byte(8), byte(0))
}

/// Colours of the heat scale at shares of it, light and dark: what is quiet is nearly paper, what
/// is full stands out most.
const RAMP: [(f64, u32, u32); 6] = [
    (0.0, 0xF8F4EA, 0x23211E),
    (0.35, 0xF6E1B5, 0x4A3519),
    (0.6, 0xEFB662, 0x85501B),
    (0.8, 0xD97C2C, 0xC67A29),
    (0.95, 0xAF4A13, 0xF0AE4E),
    (1.0, 0x6E1F00, 0xFFE6AE),
];

/// A colour of the heat scale, straight between its neighbours.
fn warmth(step: u8, theme: Theme) -> RGBColor {
    let share = f64::from(step.min(HEAT_STEPS)) / f64::from(HEAT_STEPS);
    let first = RAMP.windows(2).find(|pair| share <= pair[1].0);
    let pair = first.unwrap_or(&RAMP[RAMP.len() - 2..]);
    let part = (share - pair[0].0) / (pair[1].0 - pair[0].0);
    let of = |point: &(f64, u32, u32)| {
        hex(if theme == Theme::Light {
            point.1
        } else {
            point.2
        })
    };
    let (a, b) = (of(&pair[0]), of(&pair[1]));
    let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - part) + f64::from(b) * part).round() as u8;
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// `#RRGGBB`, as drawn.
pub(crate) fn code(colour: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

/// Style rules that turn a picture drawn in the light theme into the dark one where the reader
/// prefers it, on a screen. Viewers that know no style rules show the light one.
pub(crate) fn dark_rules() -> String {
    let mut rules = String::from(
        "rect{shape-rendering:crispEdges}@media screen and (prefers-color-scheme:dark){",
    );
    for ink in Ink::themed() {
        let (from, to) = (code(ink.rgb(Theme::Light)), code(ink.rgb(Theme::Dark)));
        write!(rules, "[fill=\"{from}\"]{{fill:{to}}}").expect("text grows");
        write!(rules, "[stroke=\"{from}\"]{{stroke:{to}}}").expect("text grows");
    }
    rules.push('}');
    rules
}

/// Dash of a line, so that lines differ by more than colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dash {
    /// Unbroken.
    Solid,
    /// Long strokes.
    Dashed,
    /// Dots.
    Dotted,
    /// Strokes and dots.
    Alternate,
}

impl Dash {
    /// Lengths of stroke and gap in turn, pixels; empty if unbroken.
    pub(crate) fn pattern(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[9.0, 5.0],
            Dash::Dotted => &[2.5, 4.0],
            Dash::Alternate => &[9.0, 4.0, 2.5, 4.0],
        }
    }
}

/// Mark at a point, so that points differ by more than colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A filled circle.
    Circle,
    /// A triangle.
    Triangle,
    /// A square.
    Square,
    /// A diamond.
    Diamond,
}

impl Marker {
    /// Its corners around a point, `size` units from middle to edge; none of a circle.
    pub(super) fn corners(self, (x, y): Point, size: f64) -> Option<Vec<Point>> {
        Some(match self {
            Marker::Circle => return None,
            Marker::Triangle => vec![
                (x, y - size * 1.2),
                (x + size * 1.15, y + size * 0.8),
                (x - size * 1.15, y + size * 0.8),
            ],
            Marker::Square => vec![
                (x - size, y - size),
                (x + size, y - size),
                (x + size, y + size),
                (x - size, y + size),
            ],
            Marker::Diamond => vec![
                (x, y - size * 1.3),
                (x + size * 1.3, y),
                (x, y + size * 1.3),
                (x - size * 1.3, y),
            ],
        })
    }
}

/// Colour, dash and marker of one of several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pen {
    /// Its colour.
    pub(crate) ink: Ink,
    /// Its dash.
    pub(crate) dash: Dash,
    /// Its marker.
    pub(crate) marker: Marker,
}

/// The pen of a variant by its place in the order; the baseline is grey. Colours go round by five,
/// dashes and markers by four: twenty variants differ, and no two neighbours share either.
pub(crate) fn pen_of_variant(place: usize) -> Pen {
    const LOOKS: [(Dash, Marker); 4] = [
        (Dash::Solid, Marker::Circle),
        (Dash::Dashed, Marker::Triangle),
        (Dash::Dotted, Marker::Square),
        (Dash::Alternate, Marker::Diamond),
    ];
    const INKS: [Ink; 5] = [
        Ink::Blue,
        Ink::Vermillion,
        Ink::Green,
        Ink::Purple,
        Ink::Brown,
    ];
    let (ink, turn) = match place.checked_sub(1) {
        None => (Ink::Grey, 0),
        Some(turn) => (INKS[turn % INKS.len()], turn),
    };
    let (dash, marker) = LOOKS[turn % LOOKS.len()];
    Pen { ink, dash, marker }
}

/// The pen of an outcome of users.
pub(crate) fn pen_of_outcome(outcome: &str) -> Pen {
    let (ink, dash) = match outcome {
        "served" => (Ink::Blue, Dash::Solid),
        "sold_out" => (Ink::Green, Dash::Alternate),
        "abandoned" => (Ink::Vermillion, Dash::Dashed),
        "refused" => (Ink::Purple, Dash::Dotted),
        "failed" => (Ink::Brown, Dash::Alternate),
        "arrived" => (Ink::Text, Dash::Solid),
        _ => (Ink::Grey, Dash::Dotted),
    };
    Pen {
        ink,
        dash,
        marker: Marker::Square,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours, WCAG 2.2.
    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let light = |c: u8| {
            let share = f64::from(c) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                crate::base::math::pow((share + 0.055) / 1.055, 2.4)
            }
        };
        let sum = |c: RGBColor| 0.2126 * light(c.0) + 0.7152 * light(c.1) + 0.0722 * light(c.2);
        let (a, b) = (sum(a), sum(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn lines_are_seen_in_both_themes() {
        for theme in [Theme::Light, Theme::Dark] {
            let paper = Ink::Paper.rgb(theme);
            for ink in [
                Ink::Blue,
                Ink::Vermillion,
                Ink::Green,
                Ink::Purple,
                Ink::Brown,
                Ink::Grey,
                Ink::Heat(HEAT_STEPS),
            ] {
                let found = contrast(ink.rgb(theme), paper);
                assert!(found >= 3.0, "{ink:?} {theme:?} {found}");
            }
            for ink in [Ink::Text, Ink::Muted] {
                assert!(contrast(ink.rgb(theme), paper) >= 4.5, "{ink:?} {theme:?}");
            }
        }
    }

    /// An idle service was bright yellow, and half full was grey.
    #[test]
    fn the_fuller_the_louder() {
        for theme in [Theme::Light, Theme::Dark] {
            let paper = Ink::Paper.rgb(theme);
            let loud = |step| contrast(Ink::Heat(step).rgb(theme), paper);
            for step in 1..=HEAT_STEPS {
                assert!(loud(step) > loud(step - 1), "{theme:?} {step}");
            }
            assert!(loud(3) < 1.4, "a little is quiet");
            assert!(
                loud(HEAT_STEPS) > 1.25 * loud(HEAT_STEPS - 1),
                "full stands out"
            );
        }
    }

    #[test]
    fn faint_bands_are_seen_on_dark_paper() {
        for theme in [Theme::Light, Theme::Dark] {
            let (paper, blue) = (Ink::Paper.rgb(theme), Ink::Blue.rgb(theme));
            let mix = |a: u8, b: u8| (f64::from(a) * 0.72 + f64::from(b) * 0.28).round() as u8;
            let band = RGBColor(
                mix(paper.0, blue.0),
                mix(paper.1, blue.1),
                mix(paper.2, blue.2),
            );
            assert!(contrast(band, paper) > 1.35, "{theme:?}");
        }
    }

    #[test]
    fn twenty_variants_have_twenty_pens() {
        let pens: Vec<Pen> = (0..=20).map(pen_of_variant).collect();
        for (place, pen) in pens.iter().enumerate() {
            assert!(!pens[..place].contains(pen), "{place}: {pen:?}");
        }
    }

    #[test]
    fn no_two_inks_that_change_look_alike_in_light() {
        let mut seen = std::collections::BTreeSet::new();
        for ink in Ink::themed() {
            assert!(seen.insert(code(ink.rgb(Theme::Light))), "{ink:?}");
        }
    }
}
