//! A believable small shop: products, prices, taxes, customers and drawn pictures.
