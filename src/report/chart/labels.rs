//! Labels beside line ends, moved apart so that none covers another.
//!
//! One idea: labels that would overlap form a group that is centred on what its members want, as
//! in isotonic regression by pooling neighbours (Kruskal 1964), and the whole stays on the sheet.

/// Heights for labels that want `wanted`, each `gap` apart at least, between `least` and `most`,
/// in the order given.
pub(crate) fn apart(wanted: &[f64], gap: f64, bounds: (f64, f64)) -> Vec<f64> {
    let (least, most) = bounds;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]).then(a.cmp(b)));
    let room = (most - least).max(0.0);
    let gap = match wanted.len() {
        0 | 1 => gap,
        n => gap.min(room / (n - 1) as f64),
    };
    // Each group: number of labels and the sum of where their first would have to stand.
    let mut groups: Vec<(usize, f64)> = Vec::new();
    for index in &order {
        groups.push((1, wanted[*index].clamp(least, most)));
        while let [.., before, last] = groups[..] {
            let end = before.1 / before.0 as f64 + before.0 as f64 * gap;
            if end <= last.1 / last.0 as f64 {
                break;
            }
            groups.pop();
            let shifted = last.1 - (last.0 * before.0) as f64 * gap;
            let merged = (before.0 + last.0, before.1 + shifted);
            *groups.last_mut().expect("the group before") = merged;
        }
    }
    let mut placed = vec![0.0; wanted.len()];
    let mut next = order.into_iter();
    let mut floor = least;
    let mut remaining = wanted.len();
    for (count, sum) in groups {
        let highest = most - (remaining - 1) as f64 * gap;
        let start = (sum / count as f64).max(floor).min(highest.max(floor));
        for step in 0..count {
            let index = next.next().expect("as many as were grouped");
            placed[index] = start + step as f64 * gap;
        }
        floor = start + count as f64 * gap;
        remaining -= count;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_room_stay_where_they_want() {
        assert_eq!(apart(&[50.0, 10.0], 15.0, (0.0, 100.0)), [50.0, 10.0]);
    }

    #[test]
    fn labels_that_meet_are_centred_apart() {
        assert_eq!(apart(&[50.0, 50.0], 10.0, (0.0, 100.0)), [45.0, 55.0]);
    }

    #[test]
    fn labels_at_the_edge_stay_on_the_sheet() {
        assert_eq!(
            apart(&[99.0, 100.0, 100.0], 10.0, (0.0, 100.0)),
            [80.0, 90.0, 100.0]
        );
        assert_eq!(apart(&[0.0, 0.0], 10.0, (0.0, 100.0)), [0.0, 10.0]);
    }

    #[test]
    fn too_many_labels_share_what_room_there_is() {
        let placed = apart(&[5.0; 11], 10.0, (0.0, 20.0));
        assert!(placed[0].abs() < 1e-9 && (placed[10] - 20.0).abs() < 1e-9);
    }
}
