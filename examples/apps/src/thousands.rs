/// The number with a comma after every three digits: 2,500 for 2500.
pub fn thousands(number: impl ToString + Copy) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn a_comma_after_every_three_digits() {
        assert_eq!(
            [0, 7, 999, 1000, 2500, 100_000, 1_234_567].map(thousands).join(" "),
            "0 7 999 1,000 2,500 100,000 1,234,567"
        );
    }
}
